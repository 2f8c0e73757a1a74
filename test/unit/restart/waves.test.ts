import { expect } from 'chai';
import { waveNumbers } from '../../../src/lib/restart/waves.js';

const services = [
  { name: 'gateway', after: ['backend', 'search'] },
  { name: 'backend', after: ['config'] },
  { name: 'search', after: [] },
  { name: 'config', after: [] },
];

describe('the waves of restarts', () => {
  it('put each service after those it comes after', () => {
    expect([...waveNumbers(services)].sort()).to.deep.equal([
      ['backend', 1],
      ['config', 0],
      ['gateway', 2],
      ['search', 0],
    ]);
  });

  it('go through a chain longer than the call stack is deep', () => {
    const chain = Array.from({ length: 20_000 }, (_, index) => ({
      name: `s${index}`,
      after: index === 19_999 ? [] : [`s${index + 1}`],
    }));
    expect(waveNumbers(chain).get('s0')).to.equal(19_999);
  });
});
