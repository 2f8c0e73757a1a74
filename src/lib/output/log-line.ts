/** pino's numeric levels; other loggers write words. */
const pinoLevels: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};

/**
 * Returns what a person wants to read of a log line: of one JSON object (pino, winston, Go's slog) its level, message
 * and error, of any other line the line itself.
 */
export function logLineText(line: string): string {
  if (!line.startsWith('{')) return line;
  let fields: Record<string, unknown>;
  try {
    fields = JSON.parse(line) as Record<string, unknown>;
  } catch {
    return line;
  }
  const message = fields['msg'] ?? fields['message'];
  if (typeof message !== 'string') return line;
  const level = fields['level'];
  const name = typeof level === 'number' ? pinoLevels[level] : typeof level === 'string' ? level : undefined;
  const error = errorText(fields['err'] ?? fields['error']);
  return [name?.toLowerCase(), message, error].filter((part) => part !== undefined).join('  ');
}

function errorText(error: unknown): string | undefined {
  if (typeof error === 'string') return error;
  if (typeof error !== 'object' || error === null) return undefined;
  const { message } = error as { message?: unknown };
  return typeof message === 'string' ? message : undefined;
}
