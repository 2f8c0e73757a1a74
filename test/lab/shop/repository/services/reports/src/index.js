'use strict';
const csvLine = require('csv-line');
const { serve } = require('./server');

const sales = [
  { day: '2025-03-03', orders: 118, total: 3_412_500 },
  { day: '2025-03-04', orders: 97, total: 2_870_000 },
  { day: '2025-03-05', orders: 131, total: 4_019_900 },
];

serve({
  routes: {
    'GET /sales': () => sales,
    'GET /sales.csv': ({ response }) => {
      const rows = [Object.keys(sales[0]), ...sales.map(Object.values)];
      response.writeHead(200, { 'Content-Type': 'text/csv' }).end(rows.map(csvLine).join(''));
    },
  },
});
