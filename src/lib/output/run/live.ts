import { DefaultRenderer, Listr, ListrLogger, ProcessOutput, Spinner } from 'listr2';
import type { RunEvent } from '../../deploy/events.js';
import { paletteFor, type Palette } from '../palette.js';
import type { Terminal } from '../terminal.js';
import { frameLines } from './frame.js';
import { advance, finish, newRun, withoutPast, type RunModel } from './run-model.js';
import type { RunView } from './view.js';

/** Lines that stay free: the one the cursor stands in, and one for what the terminal itself echoes. */
const SPARE_ROWS = 2;

/**
 * Shows a run on a terminal, redrawn ten times a second. listr2 draws: it hides the cursor, keeps whatever else writes
 * meanwhile until it is done, and replaces its last picture. What is in the picture comes from the model of the run.
 */
export class LiveView implements RunView {
  readonly #palette: Palette;
  readonly #spinner: RunSpinner;
  #model: RunModel;
  #drawing: Drawing | undefined;

  constructor(
    private readonly stream: NodeJS.WriteStream,
    private readonly terminal: Terminal,
    hosts: readonly string[],
    private readonly clock: () => number = () => performance.now(),
  ) {
    this.#palette = paletteFor(terminal);
    this.#spinner = new RunSpinner(terminal.unicode);
    this.#model = newRun(hosts);
    // A second Ctrl-C leaves at once: the cursor comes back all the same.
    process.once('exit', this.#leave);
  }

  emit(event: RunEvent): void {
    this.#model = advance(this.#model, event, this.clock());
    this.#drawing ??= new Drawing(this.stream, this.#spinner, () => this.#picture(this.#model, true));
  }

  pause(): void {
    if (this.#drawing === undefined) return;
    this.#drawing.end();
    this.#drawing = undefined;
    const lines = this.#picture(finish(this.#model, this.clock()), false);
    if (lines.length > 0) this.stream.write(`${lines.join('\n')}\n`);
    this.#model = withoutPast(this.#model);
  }

  close(): void {
    process.removeListener('exit', this.#leave);
    this.pause();
  }

  readonly #leave = (): void => {
    this.pause();
  };

  /** On a screen it must fit; what stays there in the end may scroll. */
  #picture(model: RunModel, mustFit: boolean): string[] {
    // Some terminals say 0: they do not know.
    const columns = this.stream.columns || (this.terminal.width ?? 80);
    const rows = this.stream.rows || 24;
    return frameLines(model, {
      palette: this.#palette,
      // A line that fills its row makes some terminals begin another one.
      width: Math.max(20, columns - 1),
      height: mustFit ? Math.max(1, rows - SPARE_ROWS) : undefined,
      spinner: this.#spinner.fetch(),
      now: this.clock(),
    });
  }
}

/** One stretch of drawing: a listr2 task that is done when the drawing shall end. */
class Drawing {
  #renderer: RunRenderer | undefined;
  #hasEnded = false;
  #resolve: () => void = () => undefined;

  constructor(stream: NodeJS.WriteStream, spinner: Spinner, picture: () => string[]) {
    const task = new Promise<void>((resolve) => (this.#resolve = resolve));
    const rendererOptions: RunRendererOptions = {
      spinner,
      logger: new ListrLogger({
        useIcons: false,
        toStderr: [],
        processOutput: new LiveOutput(stream),
      }),
      clearOutput: true,
      picture,
      onReady: (renderer) => {
        this.#renderer = renderer;
        if (this.#hasEnded) renderer.end();
      },
    };
    const options = { renderer: RunRenderer, rendererOptions, registerSignalListeners: false };
    // It rejects only where its task does, which never does.
    void new Listr([{ task: async () => task }], options).run();
  }

  /** Clears the picture and shows the cursor, at once. */
  end(): void {
    this.#hasEnded = true;
    this.#renderer?.end();
    this.#resolve();
  }
}

type DefaultOptions = NonNullable<ConstructorParameters<typeof DefaultRenderer>[1]>;
type RunRendererOptions = DefaultOptions & {
  readonly picture: () => string[];
  /** Called when it begins to draw: listr2 loads what it draws with first. */
  readonly onReady: (renderer: RunRenderer) => void;
};

/** listr2's own renderer, with another picture. */
class RunRenderer extends DefaultRenderer {
  // It is chosen for terminals alone, and listr2 would ask standard output whether it is one.
  static override nonTTY = true;
  readonly #options: RunRendererOptions;
  #hasEnded = false;

  constructor(...[tasks, options, events]: ConstructorParameters<typeof DefaultRenderer>) {
    super(tasks, options, events);
    this.#options = options as RunRendererOptions;
  }

  override async render(): Promise<void> {
    await super.render();
    this.#options.onReady(this);
    this.update();
  }

  /** listr2 wants to redraw once more when its task is done, which is when the picture is gone already. */
  override update(): void {
    if (!this.#hasEnded) super.update();
  }

  override create(): string {
    return this.#options.picture().join('\n');
  }

  override end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    super.end();
  }
}

/** listr2 copies a stream's size once; this one's changes with the window. */
class LiveOutput extends ProcessOutput {
  constructor(private readonly live: NodeJS.WriteStream) {
    super(live, process.stderr, { leaveEmptyLine: false });
  }

  override get stdout(): NodeJS.WriteStream {
    const { stdout } = this.stream;
    return Object.create(this.live, { write: { value: stdout.write.bind(stdout) } }) as NodeJS.WriteStream;
  }
}

/** Its frames are those that this terminal can show. */
class RunSpinner extends Spinner {
  protected override readonly spinner: string[];

  constructor(unicode: boolean) {
    super();
    this.spinner = unicode ? ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] : ['-', '\\', '|', '/'];
  }
}
