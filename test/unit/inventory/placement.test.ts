import { expect } from 'chai';
import { placeHosts } from '../../../src/lib/inventory/placement.js';

const elsewhere = { local: false, onHost: false, hostname: 'laptop' };

describe('placing the hosts of an environment', () => {
  it('reaches all of them over SSH from elsewhere', () => {
    expect(placeHosts(['a', 'b'], elsewhere)).to.deep.equal({
      hosts: [
        { name: 'a', local: false },
        { name: 'b', local: false },
      ],
    });
  });

  it('reaches only this machine, without SSH, on one of them, and says how many there are', () => {
    const placed = placeHosts(['deploy@a', 'b'], { local: false, onHost: true, hostname: 'a' });
    expect(placed).to.deep.equal({ hosts: [{ name: 'deploy@a', local: true }], hostsInAll: 2 });
  });

  it('keeps the name of the only host, whatever the machine calls itself', () => {
    const placed = placeHosts(['pakashop-production'], { local: false, onHost: true, hostname: 'ip-10-0-0-7' });
    expect(placed).to.deep.equal({ hosts: [{ name: 'pakashop-production', local: true }] });
  });

  it('names this machine as it calls itself where none of several hosts is called so', () => {
    const placed = placeHosts(['a', 'b'], { local: true, onHost: false, hostname: 'laptop' });
    expect(placed).to.deep.equal({ hosts: [{ name: 'laptop', local: true }], hostsInAll: 2 });
  });
});
