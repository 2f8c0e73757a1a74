import type { RunEvent } from '../../deploy/events.js';
import type { Terminal } from '../terminal.js';
import { PlainView } from './plain.js';

/** Shows a run while it goes on. */
export interface RunView {
  emit(event: RunEvent): void;
  /** Stops drawing so that something else can be written; the next event goes on. */
  pause(): void;
  close(): void;
}

/** What of a stream the views need; a terminal has columns and rows. */
export interface RunOutput {
  write(text: string): boolean;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
}

export interface RunViewOptions {
  readonly terminal: Terminal;
  readonly stream: NodeJS.WriteStream;
  readonly hosts: readonly string[];
  readonly json: boolean;
}

const silentView: RunView = { emit: () => undefined, pause: () => undefined, close: () => undefined };

/**
 * Returns the view of a run for this output: none with --json, a live one for a person at a terminal, else plain lines.
 */
export async function runView({ terminal, stream, hosts, json }: RunViewOptions): Promise<RunView> {
  if (json) return silentView;
  if (!terminal.interactive) return new PlainView(stream, terminal, hosts);
  // listr2, which draws it, takes long to load.
  const { LiveView } = await import('./live.js');
  return new LiveView(stream, terminal, hosts);
}
