'use strict';
const { serve } = require('./server');

const KEPT_SECONDS = 60;
const now = () => Math.floor(Date.now() / 1000);

/** There is one event per second and its id is that second, so ids go on where they were after a restart. */
const eventOf = (second) => `id: ${second}\nevent: order\ndata: ${JSON.stringify({ order: second % 1000 })}\n\n`;

function stream({ request, response }) {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' });
  response.write('retry: 1000\n\n');
  const resumed = Number(request.headers['last-event-id'] ?? now() - 1);
  let sent = Math.max(resumed, now() - KEPT_SECONDS);
  const send = () => {
    while (sent < now()) response.write(eventOf(++sent));
  };
  send();
  const timer = setInterval(send, 250);
  response.on('close', () => clearInterval(timer));
}

serve({ routes: { 'GET /stream': stream } });
