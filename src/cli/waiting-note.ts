import type { WriteStream } from 'node:tty';
import { describeTerminal } from '../lib/output/terminal.js';
import { fit } from '../lib/output/text.js';

/** Answers that take less than this need no word. */
const PATIENCE_MS = 1000;
const CLEAR_LINE = '\r\u001b[K';

/**
 * Tells a person on standard error which hosts are still waited for, once that takes longer than a second. The line is
 * gone again when nothing is; pipes and CI never see it.
 */
export class WaitingNote {
  readonly #waiting = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #isShown = false;

  constructor(private readonly stream: Pick<WriteStream, 'write' | 'isTTY' | 'columns'> = process.stderr) {}

  asked(host: string): void {
    this.#waiting.add(host);
    this.#timer ??= setTimeout(() => {
      this.#isShown = describeTerminal(this.stream, process.env).interactive;
      this.#draw();
    }, PATIENCE_MS).unref();
  }

  answered(host: string): void {
    this.#waiting.delete(host);
    this.#draw();
    if (this.#waiting.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isShown = false;
  }

  #draw(): void {
    if (!this.#isShown) return;
    const text = this.#waiting.size === 0 ? '' : `waiting for ${[...this.#waiting].join(', ')} …`;
    this.stream.write(`${CLEAR_LINE}${fit(text, (this.stream.columns || 80) - 1)}`);
  }
}
