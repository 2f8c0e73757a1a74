'use strict';
const { serve } = require('./server');

const FEE_PERCENT = { pawapay: 1.5, flutterwave: 2.9 };

serve({
  routes: {
    'GET /fees': () => FEE_PERCENT,
    'POST /payout': ({ body: { provider, total = 0 } }) => {
      const fee = Math.round((total * (FEE_PERCENT[provider] ?? 0)) / 100);
      return { provider, total, fee, paidOut: total - fee };
    },
  },
});
