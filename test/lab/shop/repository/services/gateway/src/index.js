'use strict';
const { proxyRequest, proxyUpgrade } = require('./proxy');
const { send, serve } = require('./server');
const upstreams = require('./upstreams.json');

/** /api/v1/pricing/quote?x=1 is /quote?x=1 of the service pricing. */
function upstreamOf(url) {
  const [, name, rest] = /^\/api\/v1\/([^/?]+)(.*)$/.exec(url) ?? [];
  const port = Object.hasOwn(upstreams, name ?? '') ? upstreams[name] : undefined;
  return port && { name, port, path: rest.startsWith('/') ? rest : `/${rest}` };
}

serve({
  fallback(request, response) {
    const upstream = upstreamOf(request.url);
    if (upstream) proxyRequest(upstream, request, response);
    else send(response, 404, { error: 'no such service' });
  },
  upgrade(request, socket, head) {
    const upstream = upstreamOf(request.url);
    if (upstream) proxyUpgrade(upstream, request, socket, head);
    else socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  },
});
