import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';

/** A TCP proxy on loopback that stands in for a bad network: it can cut, close, fall silent, and be slow. */
export class TcpProxy {
  /** How long each chunk takes, one way. */
  latencyMs = 0;
  /** Payload bytes passed on to clients so far. */
  bytesToClients = 0;
  /** Connections accepted so far. */
  accepted = 0;
  readonly #server: Server;
  readonly #pairs = new Set<readonly [client: Socket, server: Socket]>();
  #silent = false;

  private constructor(
    private readonly targetPort: number,
    private readonly targetHost: string,
  ) {
    this.#server = createServer((client) => {
      this.#accept(client);
    });
  }

  /** Starts a proxy to a port of this machine, or of a host of the lab. */
  static async start(targetPort: number, targetHost = '127.0.0.1'): Promise<TcpProxy> {
    const proxy = new TcpProxy(targetPort, targetHost);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Resets every connection (RST), as a firewall or a rebooted host does. */
  cut(): void {
    for (const pair of this.#pairs) for (const socket of pair) socket.resetAndDestroy();
  }

  /** Ends every connection in order (FIN). */
  close(): void {
    for (const pair of this.#pairs) for (const socket of pair) socket.end();
  }

  /** Passes nothing on and takes nothing in any more, on old and new connections, and says nothing about it: no FIN, no RST. */
  silence(): void {
    this.#silent = true;
    for (const pair of this.#pairs) for (const socket of pair) socket.pause();
  }

  /** Ends all connections and the proxy itself. */
  async stop(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #accept(client: Socket): void {
    const server = connect({ port: this.targetPort, host: this.targetHost, noDelay: true });
    client.setNoDelay(true);
    const pair = [client, server] as const;
    this.#pairs.add(pair);
    this.accepted++;
    this.#forward(client, server, () => undefined);
    this.#forward(server, client, (bytes) => (this.bytesToClients += bytes));
    for (const socket of pair) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        if (this.#silent) return;
        this.#pairs.delete(pair);
        for (const one of pair) one.destroy();
      });
    }
  }

  #forward(from: Socket, to: Socket, count: (bytes: number) => void): void {
    const later = (act: () => void): void => {
      if (this.#silent) return;
      if (this.latencyMs === 0) act();
      else setTimeout(act, this.latencyMs);
    };
    from.on('data', (chunk) => {
      later(() => {
        count(chunk.length);
        // Back-pressure passes through, or a test of it would measure this proxy's memory.
        if (!to.write(chunk)) from.pause();
      });
    });
    to.on('drain', () => {
      if (!this.#silent) from.resume();
    });
    from.on('end', () => {
      later(() => to.end());
    });
  }
}
