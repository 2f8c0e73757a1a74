import { createHash, randomBytes } from 'node:crypto';
import { getEventListeners } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { command, type Command } from '../../src/lib/host/command.js';
import { HostClosedError, OutputLimitError, TimeLimitError } from '../../src/lib/host/errors.js';
import { RUN_OUTPUT_LIMIT, type Host } from '../../src/lib/host/host.js';
import { hostsUnderTest } from '../support/hosts-under-test.js';
import { rejection } from '../support/rejection.js';

/** A bash script as a command; its arguments are $1, $2… */
const bash = (script: string, ...args: string[]): Command => command('bash', '-c', script, 'bash', ...args);

for (const underTest of hostsUnderTest) {
  describe(`The contract of Host: ${underTest.title}`, function () {
    this.timeout(30_000);
    let host: Host;
    let open: () => Host;
    let tearDown: (() => Promise<void>) | undefined;
    /** A directory on the host. */
    let dir: string;

    before(async function () {
      if (underTest.unavailable !== undefined) {
        console.log(`    left out: ${underTest.unavailable}`);
        this.skip();
      }
      const ready = await underTest.setUp();
      open = () => ready.open();
      tearDown = async () => ready.tearDown();
      const first = open();
      dir = await text(first, command('mktemp', '-d'));
      await first.close();
    });
    after(async () => {
      if (!tearDown) return;
      const last = open();
      await last.run(command('rm', '-rf', dir));
      await last.close();
      await tearDown();
    });
    beforeEach(() => (host = open()));
    afterEach(async () => host.close());

    describe('arguments', () => {
      const cases: Record<string, string[]> = {
        quotes: [`it's "quoted"`, `'`, `''`, `"`],
        backslashes: ['\\', '\\\\', `\\'`, `a\\`, '\\n'],
        'what a shell expands': ['$HOME', '$(id)', '`id`', '*', '?', '[a-z]', '~', '{a,b}', '!!', '%1', '=ls'],
        'what a shell splits or ends at': ['a b', ' ', '\t', 'a\nb', '\n', ';', '&', '|', '>', '<', '#', '(', ')'],
        'empty ones': ['', '', 'x', ''],
        'leading dashes': ['-n', '--', '-e', '--help'],
        unicode: ['größe', '日本', '🐟', 'a\u0301', '\u202e'],
        'control bytes': ['\x01\x1b[31m\x7f', '\r'],
        assignments: ['A=b', 'PATH=/nowhere'],
        'long ones': ['x'.repeat(100_000)],
      };
      for (const [kind, args] of Object.entries(cases)) {
        it(`arrive as they are: ${kind}`, async () => {
          const { stdout } = await host.run(command('printf', '%s\\0', ...args));
          expect(stdout.toString().split('\0').slice(0, -1)).to.deep.equal(args);
        });
      }

      it('may be such that the program itself begins with a dash', async () => {
        const { exit } = await host.run(command('-paka-no-such-program'));
        expect(exit).to.deep.equal({ code: 127, signal: null });
      });

      it('are refused with a NUL byte, and nothing runs', async () => {
        const error = await rejection(host.run(command('touch', `${dir}/nul\0x`)));
        expect(error)
          .to.have.property('message')
          .that.matches(/NUL byte/);
      });

      it('are refused when they are too long to be passed on', async () => {
        const error = await rejection(host.run(command('true', 'x'.repeat(140_000))));
        expect(error)
          .to.have.property('message')
          .that.matches(/^true: a command of 14\d+ bytes is too long/);
      });
    });

    describe('the end of a command', () => {
      for (const code of [0, 1, 77, 126, 255]) {
        it(`is its exit code: ${code}`, async () => {
          const { exit } = await host.run(bash('exit $1', String(code)));
          expect(exit).to.deep.equal({ code, signal: null });
        });
      }
      for (const signal of ['SIGTERM', 'SIGKILL', 'SIGSEGV']) {
        it(`is the signal that killed it: ${signal}`, async () => {
          const { exit } = await host.run(bash('kill -s "${1#SIG}" $$', signal));
          expect(exit).to.deep.equal({ code: null, signal });
        });
      }
      it('is code 127 for a program that does not exist, with a word about it', async () => {
        const { exit, stderr, stdout } = await host.run(command('paka-no-such-program', 'argument'));
        expect(exit).to.deep.equal({ code: 127, signal: null });
        expect(stderr.toString()).to.match(/^paka: line \d+: exec: paka-no-such-program: not found\n$/);
        expect(stdout.toString()).to.equal('');
      });
      it('is code 126 for a file that cannot be executed', async () => {
        const { exit } = await host.run(command(dir));
        expect(exit.code).to.equal(126);
      });
    });

    describe('input and output', () => {
      it('keeps standard error apart from standard output', async () => {
        const { stdout, stderr } = await host.run(bash('echo out; echo err >&2; echo out'));
        expect([stdout.toString(), stderr.toString()]).to.deep.equal(['out\nout\n', 'err\n']);
      });

      it('has empty input where none is given', async () => {
        expect(await text(host, bash('cat; echo end'))).to.equal('end');
      });

      it('carries 20 MB of any bytes both ways', async () => {
        const input = randomBytes(20 * 1024 * 1024);
        const { stdout, exit } = await host.run(command('cat'), { input });
        expect(exit.code).to.equal(0);
        expect(sha256(stdout)).to.equal(sha256(input));
      });

      it('carries 20 MB as streams, and a child that ends first does not cut the rest', async () => {
        const chunks = Array.from({ length: 320 }, () => randomBytes(64 * 1024));
        const running = await host.start(bash('sleep 0.05 & exec cat'));
        running.stderr.resume();
        const hash = createHash('sha256');
        await Promise.all([pipeline(Readable.from(chunks), running.stdin), pipeline(running.stdout, hash)]);
        expect((await running.exit).code).to.equal(0);
        expect(hash.digest('hex')).to.equal(sha256(Buffer.concat(chunks)));
      });

      it('gives text as bytes, so that no character is split', async () => {
        const { stdout } = await host.run(command('cat'), { input: '€'.repeat(100_000) });
        expect(stdout.toString()).to.equal('€'.repeat(100_000));
      });

      it('does not mind a command that reads none of its input', async () => {
        const { exit } = await host.run(command('true'), { input: Buffer.alloc(8 * 1024 * 1024) });
        expect(exit.code).to.equal(0);
      });

      it('does not mind a command that reads some of its input', async () => {
        const { stdout } = await host.run(command('head', '-c', '3'), { input: Buffer.alloc(8 * 1024 * 1024, 'a') });
        expect(stdout.toString()).to.equal('aaa');
      });

      it('lets a source run dry into a command that has ended', async () => {
        const running = await host.start(command('true'));
        await running.exit;
        await pipeline(Readable.from([randomBytes(1024 * 1024), randomBytes(1024 * 1024)]), running.stdin);
      });

      it('ends a command whose input fails, which it would otherwise take for whole', async () => {
        const source = new Readable({ read: () => undefined });
        const running = await host.start(bash('cat > "$1/part"; touch "$1/whole"', dir));
        const feeding = rejection(pipeline(source, running.stdin));
        source.push('half');
        await sleep(200);
        source.destroy(new Error('the download broke'));
        expect(await rejection(running.exit)).to.have.property('message', 'the download broke');
        await feeding;
        expect((await host.run(command('test', '-e', `${dir}/whole`))).exit.code).to.equal(1);
      });

      it('reports the exit though nobody reads the output', async () => {
        const running = await host.start(bash('echo out; echo err >&2; exit 5'));
        expect(await running.exit).to.deep.equal({ code: 5, signal: null });
      });

      it('keeps what has arrived for a reader who comes after the exit', async () => {
        const running = await host.start(bash('echo out; echo err >&2'));
        await running.exit;
        await sleep(50);
        const outputs = await Promise.all([running.stdout.toArray(), running.stderr.toArray()]);
        expect(Buffer.concat(outputs.flat() as Buffer[]).toString()).to.equal('out\nerr\n');
      });

      it('drops the output of a destroyed stream, and the command goes on', async () => {
        const running = await host.start(bash('head -c 5000000 /dev/zero; echo done >&2'));
        running.stdout.destroy();
        const [err] = (await running.stderr.toArray()) as Buffer[];
        expect(err?.toString()).to.equal('done\n');
        expect((await running.exit).code).to.equal(0);
      });

      it('ends a command that writes more than run keeps', async () => {
        const error = await rejection(host.run(command('yes', 'x'.repeat(1000))));
        expect(error).to.be.instanceOf(OutputLimitError);
        expect(error).to.have.property(
          'message',
          'NAME: yes wrote more than 64 MiB and was ended'.replace('NAME', host.name),
        );
        expect(RUN_OUTPUT_LIMIT).to.equal(64 * 1024 * 1024);
      });
    });

    describe('back-pressure', () => {
      /** Writes 64 KiB at a time, and a byte into a file for each time. */
      const producer = (file: string, ...outputs: string[]): Command =>
        bash(
          `printf -v block '%065536d' 0; while :; do ${outputs.join('; ')}; printf . >>"$1"; done`,
          `${dir}/${file}`,
        );
      const rounds = async (file: string): Promise<number> =>
        Number(await text(host, bash('wc -c <"$1"', `${dir}/${file}`)));

      /** Waits until the producer stands still, and returns how much it has written. */
      async function standstill(file: string): Promise<number> {
        for (let last = -1, i = 0; i < 40; i++) {
          await sleep(200);
          const now = await rounds(file);
          if (now === last) return now * 64 * 1024;
          last = now;
        }
        throw new Error('the producer does not stand still');
      }

      it('stops a fast producer when its reader stops', async () => {
        const running = await host.start(producer('rounds-1', 'printf %s "$block"'));
        running.stdout.once('data', () => running.stdout.pause());
        expect(await standstill('rounds-1')).to.be.lessThan(8 * 1024 * 1024);
      });

      it('stops it also while standard error is being read', async () => {
        const running = await host.start(producer('rounds-2', 'printf %s "$block"', 'echo "a word of progress" >&2'));
        running.stderr.resume();
        expect(await standstill('rounds-2')).to.be.lessThan(8 * 1024 * 1024);
      });

      it('stops it also when only standard error is not read', async () => {
        const running = await host.start(producer('rounds-3', 'printf %s "$block" >&2', 'echo "a word of progress"'));
        running.stdout.resume();
        expect(await standstill('rounds-3')).to.be.lessThan(8 * 1024 * 1024);
      });

      it('lets it go on when the reader does', async () => {
        const running = await host.start(bash('head -c 50000000 /dev/zero; head -c 5000000 /dev/zero >&2'));
        await sleep(300);
        const sizes = await Promise.all([running.stdout, running.stderr].map(async (stream) => size(stream)));
        expect(sizes).to.deep.equal([50_000_000, 5_000_000]);
        expect((await running.exit).code).to.equal(0);
      });
    });

    describe('a time limit or an abort signal', () => {
      /** Leaves the process ids of itself, a child and a grandchild in $1. */
      const family = 'echo $$ >"$1"; (sleep 60 & echo $! >>"$1"; wait) & echo $! >>"$1"; wait';

      async function alive(file: string): Promise<string> {
        return text(host, bash('for pid in $(cat "$1"); do ps -o stat=,args= -p $pid; done | grep -v ^Z; true', file));
      }

      it('ends the command, its children and theirs after the time limit', async () => {
        const file = `${dir}/limit`;
        const started = Date.now();
        const error = await rejection(host.run(bash(family, file), { timeoutMs: 700 }));
        expect(error).to.be.instanceOf(TimeLimitError);
        expect(error).to.have.property('message', `${host.name}: bash took longer than 0.7 s and was ended`);
        expect(Date.now() - started).to.be.lessThan(4000);
        expect(await alive(file)).to.equal('');
      });

      it('ends them when the signal aborts, and throws its reason', async () => {
        const file = `${dir}/abort`;
        const controller = new AbortController();
        const reason = new Error('Ctrl-C');
        setTimeout(() => {
          controller.abort(reason);
        }, 700);
        expect(await rejection(host.run(bash(family, file), { signal: controller.signal }))).to.equal(reason);
        expect(await alive(file)).to.equal('');
      });

      it('gives them time to clean up after SIGTERM', async () => {
        const file = `${dir}/clean`;
        const script = 'trap "sleep 0.5; echo cleaned >\\"$1\\"; exit" TERM; sleep 60 & wait';
        await rejection(host.run(bash(script, file), { timeoutMs: 500 }));
        expect(await text(host, command('cat', file))).to.equal('cleaned');
      });

      it('kills what ignores SIGTERM after 2 s', async () => {
        const file = `${dir}/stubborn`;
        const started = Date.now();
        await rejection(host.run(bash(`trap '' TERM; ${family}`, file), { timeoutMs: 300 }));
        expect(Date.now() - started).to.be.within(2200, 5500);
        expect(await alive(file)).to.equal('');
      });

      it('does not wait for a child that left the group and holds the output', async () => {
        const started = Date.now();
        const script = 'setsid sleep 20 & echo $! >"$1"; sleep 20';
        await rejection(host.run(bash(script, `${dir}/escaped`), { timeoutMs: 300 }));
        expect(Date.now() - started).to.be.lessThan(5500);
        await host.run(bash('kill $(cat "$1")', `${dir}/escaped`));
      });

      it('fails the streams with the reason, too', async () => {
        const controller = new AbortController();
        const running = await host.start(bash('echo first; sleep 60'), { signal: controller.signal });
        running.stderr.resume();
        running.stdout.once('data', () => {
          controller.abort(new Error('enough'));
        });
        expect(await rejection(running.stdout.toArray())).to.have.property('message', 'enough');
        expect(await rejection(running.exit)).to.have.property('message', 'enough');
      });

      it('starts nothing when it has already aborted', async () => {
        const signal = AbortSignal.abort(new Error('too late'));
        const error = await rejection(host.run(command('touch', `${dir}/never`), { signal }));
        expect(error).to.have.property('message', 'too late');
        expect((await host.run(command('test', '-e', `${dir}/never`))).exit.code).to.equal(1);
      });

      it('leaves no listener on the signal, however the command ends', async () => {
        const controller = new AbortController();
        const { signal } = controller;
        await host.run(command('true'), { signal });
        await host.run(command('paka-no-such-program'), { signal });
        await rejection(host.run(command('sleep', '60'), { signal, timeoutMs: 200 }));
        expect(getEventListeners(signal, 'abort')).to.have.length(0);
        setTimeout(() => {
          controller.abort();
        }, 200);
        await rejection(host.run(command('sleep', '60'), { signal }));
        expect(getEventListeners(signal, 'abort')).to.have.length(0);
      });
    });

    it('runs 30 commands at the same time', async () => {
      const numbers = Array.from({ length: 30 }, (_, index) => String(index));
      const outputs = await Promise.all(numbers.map(async (number) => text(host, bash('sleep 0.1; echo $1', number))));
      expect(outputs).to.deep.equal(numbers);
    });

    it('starts in the home directory, as the leader of a process group', async () => {
      const [home, cwd, pid, group] = (await text(host, bash('cd; pwd; echo "$OLDPWD"; ps -o pid=,pgid= $$'))).split(
        /\s+/,
      );
      expect(cwd).to.equal(home);
      expect(pid).to.equal(group);
    });

    it('passes none of paka’s own variables on', async () => {
      expect(await text(host, bash('env | grep ^PAKA_ || true'))).to.equal('');
    });

    describe('close', () => {
      it('may be called before any command, and twice', async () => {
        await host.close();
        await host.close();
      });

      it('refuses later commands', async () => {
        await host.run(command('true'));
        await host.close();
        expect(await rejection(host.run(command('true')))).to.be.instanceOf(HostClosedError);
        expect(await rejection(host.start(command('true')))).to.be.instanceOf(HostClosedError);
      });

      it('ends what still runs', async () => {
        const file = `${dir}/closed`;
        const running = await host.start(bash('echo $$ >"$1"; echo started; sleep 60', file));
        await new Promise((resolve) => running.stdout.once('data', resolve));
        await host.close();
        expect(await rejection(running.exit)).to.be.instanceOf(HostClosedError);
        const other = open();
        const { exit } = await other.run(bash('kill -0 $(cat "$1")', file));
        await other.close();
        expect(exit.code).to.equal(1);
      });
    });
  });
}

async function text(host: Host, what: Command): Promise<string> {
  const { stdout, stderr, exit } = await host.run(what);
  expect(exit.code, stderr.toString()).to.equal(0);
  return stdout.toString().trimEnd();
}

async function size(stream: Readable): Promise<number> {
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) bytes += chunk.length;
  return bytes;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
