import { createInterface } from 'node:readline';

/**
 * Asks a person at the terminal, and returns whether the answer is yes ("y" or "yes"): Enter alone and the end of input
 * are no. An abort rejects with the signal's reason. The question goes to standard error, as the output is data.
 */
export async function confirm(question: string, signal: AbortSignal): Promise<boolean> {
  signal.throwIfAborted();
  // The terminal itself edits the line, and turns Ctrl-C into the signal that all of paka listens to.
  const lines = createInterface({ input: process.stdin, terminal: false });
  process.stderr.write(`${question} [y/N] `);
  return new Promise<boolean>((resolve, reject) => {
    let isAnswered = false;
    const onAbort = (): void => {
      lines.close();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    lines.once('line', (answer) => {
      isAnswered = true;
      resolve(/^y(es)?$/i.test(answer.trim()));
      lines.close();
    });
    lines.once('close', () => {
      signal.removeEventListener('abort', onAbort);
      if (isAnswered) return;
      // What comes next begins in a line of its own.
      process.stderr.write('\n');
      if (signal.aborted) reject(signal.reason as Error);
      else resolve(false);
    });
  });
}
