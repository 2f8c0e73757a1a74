'use strict';
const { kwacha, totalOf } = require('../../../packages/common');
const { serve } = require('./server');

const products = [
  { id: '1', name: 'Chitenge, 2 m', price: 12000 },
  { id: '2', name: 'Kapenta, 500 g', price: 6500 },
  { id: '3', name: 'Munkoyo roots', price: 2500 },
];
const orders = new Map();

serve({
  routes: {
    'GET /products': () => products.map((product) => ({ ...product, shown: kwacha(product.price) })),
    'GET /products/:id': ({ params }) => products.find(({ id }) => id === params.id) ?? {},
    'POST /orders': ({ body: { items = [] } }) => {
      const order = { id: String(orders.size + 1), items, total: totalOf(items), placedAt: new Date() };
      orders.set(order.id, order);
      return order;
    },
    'GET /orders/:id': ({ params }) => orders.get(params.id) ?? {},
  },
});
