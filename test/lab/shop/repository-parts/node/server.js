'use strict';
// What every Node service of the shop has in common: routes, GET /health and JSON logs in pino's format.
const http = require('node:http');
const { config, description, name, version } = require('../package.json');
const faults = require('./faults');
const log = require('./log');
const { deployedCommit } = require('./version');

const identity = { service: name, version: deployedCommit() ?? version };
const port = Number(process.env.PORT ?? config.port);

/**
 * Starts the service. A route is 'GET /orders/:id' and returns what is sent as JSON, or undefined when it has
 * answered by itself. `fallback` gets every other request, `upgrade` every connection that asks for a WebSocket.
 */
function serve({ routes = {}, fallback = notFound, upgrade }) {
  const table = Object.entries({
    'GET /': () => ({ ...identity, title: description }),
    'GET /health': health,
    ...routes,
  }).map(([route, handle]) => {
    const [method, path] = route.split(' ');
    return { method, pattern: new RegExp(`^${path.replace(/:(\w+)/g, '(?<$1>[^/]+)')}$`), handle };
  });

  async function answer(request, response) {
    const { pathname, searchParams } = new URL(request.url, 'http://localhost');
    const asked = request.method === 'HEAD' ? 'GET' : request.method;
    for (const { method, pattern, handle } of table) {
      const match = asked === method && pattern.exec(pathname);
      if (!match) continue;
      const body = method === 'POST' ? await readJson(request) : undefined;
      const result = await handle({ params: match.groups ?? {}, query: searchParams, body, request, response });
      if (result !== undefined) send(response, 200, result);
      return;
    }
    fallback(request, response);
  }

  const server = http.createServer((request, response) => {
    const started = Date.now();
    response.on('close', () => {
      if (request.url === '/health') return;
      const req = { method: request.method, url: request.url };
      const res = { statusCode: response.statusCode };
      log.info('request completed', { req, res, responseTime: Date.now() - started });
    });
    faults.delayed(() =>
      answer(request, response).catch((error) => {
        log.error(error.message, { err: { type: error.name, message: error.message, stack: error.stack } });
        send(response, error.status ?? 500, { error: error.message });
      }),
    );
  });
  if (upgrade) server.on('upgrade', (...args) => faults.delayed(() => upgrade(...args)));
  faults.start(name, () => {
    server.listen(port, '127.0.0.1', () => {
      log.info(`${description} listening on http://127.0.0.1:${port}`, { env: process.env.NODE_ENV, ...identity });
    });
  });
}

function health({ response }) {
  const status = faults.current().health ?? 200;
  if (status === 200) return { status: 'ok', ...identity };
  send(response, status, { status: 'error', ...identity });
}

function notFound(request, response) {
  send(response, 404, { error: `no route for ${request.method} ${request.url}` });
}

function send(response, status, value) {
  if (response.headersSent) return response.destroy();
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value) + '\n');
}

async function readJson(request) {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  try {
    return JSON.parse(text);
  } catch {
    throw Object.assign(new Error('the body is not JSON'), { status: 400 });
  }
}

module.exports = { serve, send };
