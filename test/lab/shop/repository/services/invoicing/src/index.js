'use strict';
const { VAT_PERCENT, kwacha, totalOf, vatIncludedIn } = require('../../../packages/common');
const { serve } = require('./server');

let last = 0;

serve({
  routes: {
    'POST /invoices': ({ body: { customer, items = [] } }) => {
      const total = totalOf(items);
      const vat = vatIncludedIn(total);
      last += 1;
      return {
        number: `INV-${String(last).padStart(6, '0')}`,
        customer,
        vatPercent: VAT_PERCENT,
        vat,
        shown: kwacha(total),
      };
    },
  },
});
