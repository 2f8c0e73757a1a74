import { expect } from 'chai';
import { didYouMean, suggest } from '../../src/lib/suggest.js';

describe('suggestions for mistyped names', () => {
  const services = ['backend', 'config', 'search', 'settlement', 'reports', 'recommendations'];
  const cases: [typed: string, meant: string | undefined][] = [
    ['bakend', 'backend'],
    ['backennd', 'backend'],
    ['bcakend', 'backend'],
    ['BACKEND', 'backend'],
    ['confg', 'config'],
    ['serach', 'search'],
    ['recomendation', 'recommendations'],
    ['settle', 'settlement'],
    ['rec', 'recommendations'],
    ['payments', undefined],
    ['xyz', undefined],
    ['', undefined],
    ['b'.repeat(100_000), undefined],
  ];
  for (const [typed, meant] of cases) {
    it(`takes ${typed.slice(0, 20) || 'nothing'} for ${meant ?? 'none of them'}`, () => {
      expect(suggest(typed, services)).to.equal(meant);
    });
  }

  it('prefers the candidate with the fewest mistakes', () => {
    expect(suggest('prot', ['path', 'port'])).to.equal('port');
    expect(suggest('web1', ['web2', 'web1'])).to.equal('web1');
  });

  it('end a message, or say nothing', () => {
    expect(didYouMean('port')).to.equal('; did you mean "port"?');
    expect(didYouMean(undefined)).to.equal('');
  });
});
