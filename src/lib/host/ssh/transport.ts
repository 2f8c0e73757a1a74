import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';

/** A stream to the host's SSH port, and how to let go of all that carries it. */
export interface Transport {
  readonly stream: Duplex;
  close(): void;
  /** What the means of connecting has to say about a failure, when it has failed. */
  complaint?(): Promise<Uint8Array>;
}

/** A connection that is logged in. Its client has a listener for errors, so that none is uncaught. */
export interface Connected {
  readonly client: Client;
  /** Lets go of the connection and of all that carries it. */
  close(): void;
}
