import type { Environment } from '../environment.js';

/** The limits of a connection; tests shorten them. */
export interface Timing {
  /** For a TCP connection, where the ssh config sets no ConnectTimeout. */
  readonly connectMs: number;
  /** From the open connection to the end of the login. */
  readonly handshakeMs: number;
  /** How often a quiet connection is asked for a sign of life; it is lost when three are missing. */
  readonly keepaliveMs: number;
  /** For the login shell to start a command. */
  readonly startMs: number;
}

export const TIMING: Timing = { connectMs: 10_000, handshakeMs: 20_000, keepaliveMs: 10_000, startMs: 30_000 };

/** What a connection is wanted to, and within which limits. */
export interface Target {
  /** As the inventory writes it, or as a ProxyJump does. */
  readonly name: string;
  readonly env: Environment;
  readonly timing: Timing;
  readonly signal: AbortSignal;
}
