'use strict';
const { serve } = require('./server');

const flagsKey = process.env.FEATURE_FLAGS_REDIS_KEY ?? 'pakashop:feature_flags';
const flags = { 'new-checkout': true, 'mobile-money-refunds': false };

serve({
  routes: {
    'GET /flags': () => ({ key: flagsKey, flags }),
    'GET /flags/:name': ({ params }) => ({ name: params.name, on: flags[params.name] ?? false }),
    'GET /settings': () => ({
      currency: 'ZMW',
      paymentProvider: process.env.PAYMENT_PROVIDER ?? 'AUTO',
      taxInvoicesAreTests: process.env.ZRA_MOCK_MODE === 'true',
    }),
  },
});
