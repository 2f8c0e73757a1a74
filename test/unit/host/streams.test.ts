import { PassThrough, Readable } from 'node:stream';
import { expect } from 'chai';
import { Output } from '../../../src/lib/host/streams.js';

/** What an Output gives of these chunks. */
async function output(...chunks: string[]): Promise<{ text: string; group: number | undefined; noise: string }> {
  const source = Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
  const stream = new Output(source, 'abc');
  source.once('end', () => {
    stream.finish();
  });
  const text = Buffer.concat((await stream.toArray()) as Buffer[]).toString();
  return { text, group: stream.group, noise: Buffer.from(stream.noise).toString() };
}

describe('A command’s output', () => {
  it('begins after the marker line, which carries the process group', async () => {
    expect(await output('noise abc:42\nout\n')).to.deep.equal({ text: 'out\n', group: 42, noise: '' });
  });

  it('begins there however the bytes are cut', async () => {
    const all = 'noise abc\nabc:42\nabc:43\n';
    for (let at = 1; at < all.length; at++) {
      expect(await output(all.slice(0, at), all.slice(at))).to.deep.equal({ text: 'abc:43\n', group: 42, noise: '' });
    }
    expect((await output(...Array.from(all))).text).to.equal('abc:43\n');
  });

  it('is only noise without a marker line, of which the end is kept', async () => {
    const { text, group, noise } = await output('x'.repeat(100_000), 'abc:4');
    expect([text, group, noise.length]).to.deep.equal(['', undefined, 8192]);
    expect(noise).to.match(/xabc:4$/);
  });

  it('is read no faster than it is taken', async () => {
    const source = new PassThrough({ highWaterMark: 1 });
    const stream = new Output(source, 'abc');
    source.write('abc:1\n');
    let accepted = 0;
    while (accepted < 100 && source.write(Buffer.alloc(16 * 1024))) {
      accepted++;
      await new Promise(setImmediate);
    }
    expect(stream.readableLength).to.be.lessThan(100 * 1024);
    stream.destroy();
  });

  it('does not end at the end of its source alone, which may be a cut', async () => {
    const source = Readable.from([Buffer.from('abc:1\nhalf')]);
    const stream = new Output(source, 'abc');
    stream.resume();
    await new Promise((resolve) => source.once('close', resolve));
    await new Promise(setImmediate);
    expect(stream.readableEnded).to.equal(false);
    stream.destroy();
  });
});
