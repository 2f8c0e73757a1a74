'use strict';
const log = require('./log');
const { serve } = require('./server');

serve({
  routes: {
    // Which payments does only one side, the provider's statement or our ledger, know of?
    'POST /compare': ({ body: { statement = [], ledger = [] } }) => {
      const missing = statement.filter((id) => !ledger.includes(id));
      const unpaid = ledger.filter((id) => !statement.includes(id));
      if (missing.length + unpaid.length > 0) log.warn('statement and ledger differ', { missing, unpaid });
      return { matched: statement.length - missing.length, missing, unpaid };
    },
  },
});
