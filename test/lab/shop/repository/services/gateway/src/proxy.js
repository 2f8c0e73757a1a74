'use strict';
// Passes requests on to a service of this host, body and answer streamed, nothing held back.
const http = require('node:http');
const { pipeline } = require('node:stream');
const log = require('./log');
const { send } = require('./server');

const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

function proxyRequest({ name, port, path }, request, response) {
  const headers = endToEnd(request);
  // Node chooses chunks by the method alone; a DELETE that came in chunks must go on in chunks too.
  if (request.headers['transfer-encoding']) headers['transfer-encoding'] = 'chunked';
  const outgoing = requestTo(port, path, request, headers);
  outgoing.on('response', (answer) => {
    response.writeHead(answer.statusCode, answer.statusMessage, endToEnd(answer));
    // An event stream has no first byte for a while: its headers must not wait for one.
    response.flushHeaders();
    pipeline(answer, response, () => {});
  });
  outgoing.on('error', (error) => {
    if (response.destroyed) return;
    log.error(`${name} does not answer: ${error.code}`, { upstream: name, port });
    send(response, 502, { error: `${name} does not answer` });
  });
  response.on('close', () => outgoing.destroy());
  pipeline(request, outgoing, () => {});
}

function proxyUpgrade({ name, port, path }, request, socket, head) {
  const headers = { ...endToEnd(request), connection: 'Upgrade', upgrade: request.headers.upgrade };
  const outgoing = requestTo(port, path, request, headers);
  outgoing.on('upgrade', (answer, upstream, first) => {
    socket.write(rawHead(answer));
    upstream.unshift(first);
    socket.unshift(head);
    pipeline(socket, upstream, socket, () => {});
  });
  outgoing.on('response', (answer) => {
    socket.write(rawHead(answer, 'close'));
    pipeline(answer, socket, () => {});
  });
  outgoing.on('error', (error) => {
    log.error(`${name} does not answer: ${error.code}`, { upstream: name, port });
    socket.end('HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  });
  socket.on('error', () => outgoing.destroy());
  outgoing.end();
}

/** A connection per request: one kept from before a restart of the service would fail the next request. */
function requestTo(port, path, { method }, headers) {
  return http.request({ host: '127.0.0.1', port, path, method, headers, agent: false });
}

/** The headers without those that speak of one connection only (RFC 9110, 7.6.1). */
function endToEnd({ headers }) {
  const named = (headers.connection ?? '').toLowerCase().split(/\s*,\s*/);
  const dropped = new Set([...HOP_BY_HOP, ...named]);
  return Object.fromEntries(Object.entries(headers).filter(([header]) => !dropped.has(header)));
}

function rawHead({ statusCode, statusMessage, rawHeaders, headers }, connection = headers.connection) {
  const lines = [`HTTP/1.1 ${statusCode} ${statusMessage}`];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (!/^(connection|keep-alive|transfer-encoding)$/i.test(rawHeaders[i]))
      lines.push(`${rawHeaders[i]}: ${rawHeaders[i + 1]}`);
  }
  return [...lines, `Connection: ${connection}`, '', ''].join('\r\n');
}

module.exports = { proxyRequest, proxyUpgrade };
