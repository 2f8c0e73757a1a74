'use strict';
const { serve } = require('./server');
const { acceptWebSocket } = require('./websocket');

const start = Date.now();

/** A courier on the way from Lusaka to Kabwe. */
function position() {
  const way = ((Date.now() - start) / 3_600_000) % 1;
  return { type: 'position', at: new Date(), lat: -15.4167 + 0.97 * way, lon: 28.2833 + 0.17 * way };
}

serve({
  routes: { 'GET /positions/:courier': ({ params }) => ({ courier: params.courier, ...position() }) },
  upgrade(request, socket, head) {
    if (new URL(request.url, 'http://localhost').pathname !== '/ws') {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    const client = acceptWebSocket(request, socket, head);
    if (!client) return;
    const timer = setInterval(() => client.send(JSON.stringify(position())), 1000);
    client.on('text', (text) => client.send(text));
    client.on('close', () => clearInterval(timer));
  },
});
