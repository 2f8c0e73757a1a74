'use strict';
// Stands in for Meilisearch, which no Debian package holds: it answers what a health check asks.
const http = require('node:http');

http
  .createServer((request, response) => {
    const found = request.url === '/health';
    response.writeHead(found ? 200 : 404, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(found ? { status: 'available' } : { code: 'not_found' }));
  })
  .listen(7700, '127.0.0.1');
