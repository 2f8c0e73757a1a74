import type { Readable, Writable } from 'node:stream';
import type { Command } from './command.js';

export interface StartOptions {
  /**
   * Milliseconds from the moment the host is asked to start the command; after that its process group is ended and TimeLimitError is
   * thrown. Connecting, and waiting for a free channel, have limits of their own.
   */
  timeoutMs?: number | undefined;
  /** When it aborts, waiting ends, or the command's process group is ended, and the signal's reason is thrown. */
  signal?: AbortSignal | undefined;
}

export interface RunOptions extends StartOptions {
  /** Written to standard input, which is then ended. Without it standard input is empty. */
  input?: string | Uint8Array | undefined;
}

/** The most that `run` keeps of each stream: 64 MiB. A command that writes more is ended, and OutputLimitError thrown: use `start`. */
export const RUN_OUTPUT_LIMIT = 64 * 1024 * 1024;

/** How a command ended. Success is `code === 0` and nothing else; 127 means that no such program exists there. */
export type Exit = { readonly code: number; readonly signal: null } | { readonly code: null; readonly signal: string };

export interface Outcome {
  readonly exit: Exit;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

/** A command under way. Its streams carry bytes as they are; back-pressure reaches the command. */
export interface Running {
  /**
   * Writing to a command that reads no more, or has ended, is no error: the bytes are dropped. Whoever feeds it from a long source
   * watches `exit` to stop.
   */
  readonly stdin: Writable;
  /**
   * Ends when the command has ended, and fails with what `exit` rejects with: a pipeline never takes a cut-off output for a whole one.
   * Destroying it does not end the command: the rest of the output is dropped. To end a command, use the signal.
   */
  readonly stdout: Readable;
  /** As stdout. A command that fills it waits until it is read, so read it, or `resume()` it. */
  readonly stderr: Readable;
  /**
   * Resolves when the command has ended and all its output has arrived, which may still wait in the streams to be read; as with a pipe,
   * a child that keeps the output open is waited for. Rejects with ConnectionLostError, TimeLimitError or the abort reason.
   */
  readonly exit: Promise<Exit>;
}

/**
 * A machine that runs commands: this one, or one over SSH. Connecting is lazy: the first command opens the connection, and so does the
 * first one after the connection was lost.
 *
 * A command starts in the home directory, as the leader of a process group of its own. To end it is to send SIGTERM to that group, and
 * SIGKILL after 2 s; this takes at most 5 s, also over a dead connection. Its standard streams may be sockets: it cannot open
 * `/dev/stdin` or `/dev/stderr` by name.
 */
export interface Host {
  /** As the inventory writes it. */
  readonly name: string;
  readonly transport: 'local' | 'ssh';
  /**
   * Runs a command to its end and returns its whole output (at most RUN_OUTPUT_LIMIT a stream). A non-zero exit is an outcome, not an
   * error. Throws HostUnreachableError, ConnectionLostError, TimeLimitError, OutputLimitError, or the abort reason.
   */
  run(command: Command, options?: RunOptions): Promise<Outcome>;
  /** Starts a command and returns its streams once it has started. Throws as `run` does where it cannot be started. */
  start(command: Command, options?: StartOptions): Promise<Running>;
  /**
   * Ends what still runs, and the connection; nothing then keeps the process alive. Safe to call twice, and before any command.
   * A command after it throws HostClosedError.
   */
  close(): Promise<void>;
}
