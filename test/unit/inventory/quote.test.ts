import { expect } from 'chai';
import { maskPasswords, quote } from '../../../src/lib/inventory/quote.js';

describe('values in messages', () => {
  it('are quoted as JSON, and shortened', () => {
    expect(quote('a "b"\n')).to.equal('"a \\"b\\"\\n"');
    expect(quote('x'.repeat(61))).to.equal(`"${'x'.repeat(59)}…"`);
    expect(quote(5)).to.equal('5');
    expect(quote(null)).to.equal('null');
    expect(quote([1])).to.equal('a list');
    expect(quote({ a: 1 })).to.equal('an object');
  });

  it('cannot steer a terminal', () => {
    expect(quote('\u001b]0;x\u0007\u009b1m\u202e\u2028')).to.equal('"\\u001b]0;x\\u0007\\u009b1m\\u202e\\u2028"');
    expect(quote('\u{e0041}')).to.equal('"\\udb40\\udc41"');
  });

  const secrets: [text: string, shown: string][] = [
    ['redis://:pw@h:1/0', 'redis://:***@h:1/0'],
    ['postgresql://user:p%40w@h/db', 'postgresql://user:***@h/db'],
    ['postgresql://user:p@w/x#y?z@h/db', 'postgresql://user:***@h/db'],
    ['user:pw@host', 'user:***@host'],
    ['psql postgres://u:pw@h -c x', 'psql postgres://u:***@h -c x'],
    ['https://h/x?user=a&password=pw&b=c', 'https://h/x?user=a&password=***&b=c'],
    ['https://h/x?api_key=pw', 'https://h/x?api_key=***'],
  ];
  for (const [text, shown] of secrets) {
    it(`hide the password of ${text}`, () => {
      expect(maskPasswords(text)).to.equal(shown);
    });
  }

  for (const text of ['git@github.com:shop/shop.git', 'deploy@2001:db8::1', 'https://h:8443/a', '12:30', 'a@b']) {
    it(`show ${text} as it is`, () => {
      expect(maskPasswords(text)).to.equal(text);
    });
  }

  it('hide a password before they are shortened, so that no part of it is left', () => {
    expect(quote(`redis://:${'pw'.repeat(200)}@host`)).to.equal('"redis://:***@host"');
  });
});
