import type { ClientChannel } from 'ssh2';
import { settledWithin } from '../abort.js';
import { ConnectionLostError, HostUnreachableError } from '../errors.js';
import type { Exit } from '../host.js';
import { commandLine, endGroup } from '../launch.js';
import type { HostProcess } from '../running.js';
import { Input, Output } from '../streams.js';
import { lastLines } from '../text.js';
import { guardWindow } from './channel-window.js';
import type { SshConnection } from './connection.js';

/** How long to wait for a command that has not even started, before its channel is closed. */
const START_GRACE_MS = 1000;
/** For end-group.sh: its 2 s until SIGKILL, and a slow link. */
const END_MS = 3500;
/** After the end of its group, how long a command's output may still be held open by a child that left the group. */
const OUTPUT_GRACE_MS = 500;

/** A command in a channel of an SSH connection. */
export interface SshProcess extends HostProcess {
  /** Resolves when it has started. */
  readonly started: Promise<void>;
}

/** Takes over a channel on which launch.sh starts a command. Calls `release` when the channel is free again. */
export function sshProcess(
  connection: SshConnection,
  channel: ClientChannel,
  marker: string,
  release: () => void,
): SshProcess {
  guardWindow(channel);
  const stdin = new Input(channel);
  const stdout = new Output(channel, marker);
  const stderr = new Output(channel.stderr, marker);
  const { started } = stdout;

  const ended = new Promise<Exit>((resolve, reject) => {
    const forget = connection.onLost(reject);
    let open = 2;
    let exit: Exit | undefined;
    // 'close' comes after the end of stdout; stderr ends on its own.
    channel.on('close', (code?: number | null, signal?: string) => {
      exit = exitOf(code, signal);
      finish();
    });
    channel.stderr.on('end', finish);

    function finish(): void {
      if (--open > 0) return;
      forget();
      if (!exit) reject(new ConnectionLostError(connection.host));
      else if (stdout.group === undefined) reject(notStarted(exit));
      else resolve(exit);
    }
  });
  ended.then(release, release);

  function notStarted(exit: Exit): HostUnreachableError {
    const words = [...lastLines(stdout.noise, 2), ...lastLines(stderr.noise, 2)].join(' / ');
    const how = exit.code === null ? exit.signal : `exit code ${exit.code}`;
    return new HostUnreachableError(
      connection.host,
      `${connection.host}: the login worked, but the user's shell started no command (${how})${words && `: ${words}`}`,
      { hint: 'The user needs a login shell, bash on the PATH, and a key that is not restricted to another command.' },
    );
  }

  async function end(): Promise<void> {
    await settledWithin(START_GRACE_MS, Promise.race([started, ended]));
    const { group } = stdout;
    const killed = group === undefined ? Promise.reject(new Error('not started')) : endRemotely(connection, group);
    const inTime = settledWithin(END_MS, killed);
    try {
      await Promise.race([killed, inTime]);
    } catch {
      // No second channel to be had: ask sshd, which does this since OpenSSH 7.9, for users other than root.
      channel.signal('TERM');
      if (!(await settledWithin(END_MS / 2, ended))) channel.signal('KILL');
    }
    if (!(await settledWithin(OUTPUT_GRACE_MS, ended))) channel.close();
  }

  return { stdin, stdout, stderr, started, ended, end };
}

/** Ends a process group of the host through a second channel. */
async function endRemotely(connection: SshConnection, group: number): Promise<void> {
  await connection.exec(
    commandLine(endGroup(group)),
    (channel) =>
      new Promise<void>((resolve) => {
        channel.on('close', resolve);
        channel.resume();
        channel.stderr.resume();
        channel.end();
      }),
  );
}

/** What ssh2 says of the end: a code, a signal, or nothing where the connection was lost. sshd names only the usual signals. */
function exitOf(code: number | null | undefined, signal: string | undefined): Exit | undefined {
  if (typeof code === 'number') return { code, signal: null };
  if (code === undefined || signal === undefined) return undefined;
  return { code: null, signal: signal.includes('@') ? 'unknown signal' : signal };
}
