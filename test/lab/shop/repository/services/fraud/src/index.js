'use strict';
const log = require('./log');
const { serve } = require('./server');

const rules = [
  { name: 'large order', points: 40, holds: ({ total = 0 }) => total > 500_000 },
  { name: 'new customer', points: 20, holds: ({ ordersBefore = 0 }) => ordersBefore === 0 },
  { name: 'many cards', points: 50, holds: ({ cards = 1 }) => cards > 3 },
];

serve({
  routes: {
    'POST /score': ({ body }) => {
      const broken = rules.filter(({ holds }) => holds(body));
      const score = broken.reduce((sum, { points }) => sum + points, 0);
      if (score >= 60) log.warn('order held back', { order: body.id, score });
      return { score, reasons: broken.map(({ name }) => name) };
    },
  },
});
