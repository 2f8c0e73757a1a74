'use strict';
const log = require('./log');
const { serve } = require('./server');

const jobs = [
  { name: 'expire-carts', everyMinutes: 15 },
  { name: 'retry-payments', everyMinutes: 5 },
  { name: 'daily-settlement', everyMinutes: 24 * 60 },
].map((job) => ({ ...job, lastRun: null }));

for (const job of jobs) {
  setInterval(() => {
    job.lastRun = new Date();
    log.info(`job ${job.name} done`);
  }, job.everyMinutes * 60_000);
}

serve({ routes: { 'GET /jobs': () => jobs } });
