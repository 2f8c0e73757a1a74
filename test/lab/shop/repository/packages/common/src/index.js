'use strict';
// Money is counted in ngwee, a hundredth of a kwacha, so that no sum is ever rounded.
const VAT_PERCENT = 16;

const kwacha = (ngwee) => `K${(ngwee / 100).toFixed(2)}`;
const vatIncludedIn = (ngwee) => Math.round((ngwee * VAT_PERCENT) / (100 + VAT_PERCENT));
const totalOf = (items) => items.reduce((sum, { price, quantity = 1 }) => sum + price * quantity, 0);

module.exports = { VAT_PERCENT, kwacha, vatIncludedIn, totalOf };
