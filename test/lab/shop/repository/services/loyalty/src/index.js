'use strict';
const { serve } = require('./server');

const NGWEE_PER_POINT = 1000;
const points = new Map();

serve({
  routes: {
    'GET /customers/:id/points': ({ params }) => ({ customer: params.id, points: points.get(params.id) ?? 0 }),
    'POST /earn': ({ body: { customer, total = 0 } }) => {
      const sum = (points.get(customer) ?? 0) + Math.floor(total / NGWEE_PER_POINT);
      points.set(customer, sum);
      return { customer, points: sum };
    },
  },
});
