'use strict';
const { serve } = require('./server');

const coupons = { KARIBU10: { percent: 10 }, PAYDAY: { percent: 5 }, MWABONWA: { percent: 15, firstOrderOnly: true } };

serve({
  routes: {
    'GET /coupons/:code': ({ params }) => ({
      code: params.code,
      valid: params.code in coupons,
      ...coupons[params.code],
    }),
    'POST /redeem': ({ body: { code, total = 0 } }) => {
      const percent = coupons[code]?.percent ?? 0;
      return { code, discount: Math.round((total * percent) / 100) };
    },
  },
});
