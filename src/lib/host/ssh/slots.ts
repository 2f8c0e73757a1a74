/** Hands out at most `limit` places at a time, first come first served. */
export class Slots {
  #limit: number;
  #taken = 0;
  #closed: Error | undefined;
  readonly #waiting: { give: () => void; refuse: (reason: unknown) => void }[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Resolves with a function that gives the place back. Rejects with the signal's reason, or with what `close` was called with. */
  async acquire(signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted();
    if (this.#closed) throw this.#closed;
    if (this.#taken >= this.#limit) await this.#wait(signal);
    else this.#taken++;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#taken--;
      this.#next();
    };
  }

  /**
   * Lowers the limit, as one of the places taken now proved to be one too many; of those that are right, one stays free if it can.
   * Returns false where only one is taken: then waiting does not help.
   */
  shrink(): boolean {
    if (this.#taken <= 1) return false;
    this.#limit = Math.min(this.#limit, Math.max(this.#taken - 2, 1));
    return true;
  }

  /** Refuses who waits and who comes later. */
  close(error: Error): void {
    this.#closed = error;
    for (const waiter of this.#waiting.splice(0)) waiter.refuse(error);
  }

  #next(): void {
    while (this.#taken < this.#limit) {
      const waiter = this.#waiting.shift();
      if (!waiter) return;
      this.#taken++;
      waiter.give();
    }
  }

  async #wait(signal: AbortSignal | undefined): Promise<void> {
    let leave: (() => void) | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        const waiter = { give: resolve, refuse: reject };
        this.#waiting.push(waiter);
        leave = () => {
          this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
          // The reason is whatever the caller aborted with.
          // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
          reject(signal?.reason);
        };
        signal?.addEventListener('abort', leave);
      });
    } finally {
      if (leave) signal?.removeEventListener('abort', leave);
    }
  }
}
