/** What the place that output goes to can show. Decided once, from the stream and the environment, and passed on. */
export interface Terminal {
  /** A person looks at it: lines may be redrawn, questions asked. */
  readonly interactive: boolean;
  /** Columns to fit into; undefined where lines may have any length (a pipe, a file, a CI log). */
  readonly width: number | undefined;
  readonly color: boolean;
  /** Whether glyphs beyond ASCII can be shown. */
  readonly unicode: boolean;
}

interface OutputStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Describes a stream. Colour: NO_COLOR (if not empty) is no, FORCE_COLOR is yes unless it is 0 or false, GitHub's log
 * viewer shows it, TERM=dumb does not; else it is for terminals. CI=true makes nothing interactive, even under a pty.
 */
export function describeTerminal(stream: OutputStream, environment: Environment): Terminal {
  const isTerminal = stream.isTTY === true;
  return {
    interactive: isTerminal && !isSet(environment['CI']) && environment['TERM'] !== 'dumb',
    width: isTerminal ? Math.max(40, stream.columns ?? 80) : undefined,
    color: wantsColor(isTerminal, environment),
    unicode: hasUnicode(environment),
  };
}

function wantsColor(isTerminal: boolean, environment: Environment): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM, GITHUB_ACTIONS } = environment;
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  if (FORCE_COLOR !== undefined) return isSet(FORCE_COLOR) || FORCE_COLOR === '';
  if (TERM === 'dumb') return false;
  return isTerminal || GITHUB_ACTIONS === 'true';
}

/** setlocale(3): LC_ALL, else LC_CTYPE, else LANG. Unset is common where nobody set up a locale yet the font has all. */
function hasUnicode(environment: Environment): boolean {
  if (environment['TERM'] === 'linux' || environment['TERM'] === 'dumb') return false;
  const locale = [environment['LC_ALL'], environment['LC_CTYPE'], environment['LANG']].find((value) => value);
  return locale === undefined || /utf-?8/i.test(locale);
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false';
}
