'use strict';
const log = require('./log');
const { serve } = require('./server');

const texts = {
  'order-placed': ({ order }) => `Thank you! Order ${order} is with us.`,
  'order-shipped': ({ order }) => `Order ${order} is on its way.`,
};
let sent = 0;

serve({
  routes: {
    'GET /templates': () => Object.keys(texts),
    'POST /messages': ({ body: { template, values = {} } }) => {
      const text = texts[template]?.(values) ?? '';
      log.info('message queued', { template, length: text.length });
      return { id: `wa-${++sent}`, text };
    },
  },
});
