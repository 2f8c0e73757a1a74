'use strict';
const { kwacha, totalOf, vatIncludedIn } = require('../../../packages/common');
const { serve } = require('./server');

const DELIVERY = 3500;
const FREE_DELIVERY_FROM = 50000;

function quote(items) {
  const goods = totalOf(items);
  const delivery = goods >= FREE_DELIVERY_FROM ? 0 : DELIVERY;
  const total = goods + delivery;
  return { goods, delivery, total, vat: vatIncludedIn(total), shown: kwacha(total) };
}

serve({
  routes: {
    'GET /price': ({ query }) => quote([{ price: Number(query.get('price') ?? 0) }]),
    'POST /quote': ({ body: { items = [] } }) => quote(items),
  },
});
