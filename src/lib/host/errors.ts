import { ExitCode, PakaError, type PakaErrorOptions } from '../errors.js';

type Options = Omit<PakaErrorOptions, 'exitCode'>;

/** No command could be started on the host: its name, address, port, key or login is at fault. */
export class HostUnreachableError extends PakaError {
  constructor(
    readonly host: string,
    message: string,
    options: Options = {},
  ) {
    super(message, { ...options, exitCode: ExitCode.unreachable });
  }
}

/** The host's key is unknown, changed or revoked: nothing was sent to it. */
export class HostKeyError extends HostUnreachableError {}

/** The connection ended before the command did: what became of the command is not known. */
export class ConnectionLostError extends PakaError {
  constructor(
    readonly host: string,
    options: Options = {},
  ) {
    super(`${host}: the connection was lost while a command ran`, {
      hint: 'What the command did on the host is not known; look with `paka status`.',
      ...options,
      exitCode: ExitCode.unreachable,
    });
  }
}

/** The command took longer than it may; it and its children were ended. */
export class TimeLimitError extends PakaError {
  constructor(
    readonly host: string,
    readonly limitMs: number,
    program: string,
  ) {
    super(`${host}: ${program} took longer than ${limitMs / 1000} s and was ended`);
  }
}

/** The command wrote more than `run` keeps; it and its children were ended. */
export class OutputLimitError extends PakaError {
  constructor(
    readonly host: string,
    readonly limitBytes: number,
    program: string,
  ) {
    super(`${host}: ${program} wrote more than ${limitBytes / 1024 / 1024} MiB and was ended`);
  }
}

/** The command ran and did not succeed. */
export class CommandFailedError extends PakaError {
  constructor(
    readonly host: string,
    message: string,
    options: Options = {},
  ) {
    super(message, options);
  }
}

/** A command after `close()`: a defect of the caller, which must not open a connection that nothing would close. */
export class HostClosedError extends Error {
  override readonly name = 'HostClosedError';

  constructor(readonly host: string) {
    super(`${host}: the host is closed`);
  }
}
