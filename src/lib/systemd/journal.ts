/** One entry of the journal, as `journalctl -o json` gives it. */
export interface JournalEntry {
  readonly time: Date;
  /** The unit it is about: PID 1's lines name it in UNIT=, a service's own carry _SYSTEMD_UNIT. */
  readonly unit: string | undefined;
  readonly message: string;
  /** 0 (emergency) to 7 (debug); 6 where none is given. */
  readonly priority: number;
  /** Of the process that wrote it; undefined where the journal does not know. */
  readonly pid: number | undefined;
  /** Written by systemd about the unit, not by the unit. */
  readonly fromSystemd: boolean;
}

/** Returns the entry of one line of `journalctl -o json`, or undefined where the line is not one (cut, or noise). */
export function parseJournalLine(line: string): JournalEntry | undefined {
  let raw: unknown;
  try {
    raw = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof raw !== 'object' || raw === null) return undefined;
  const fields = raw as Record<string, unknown>;
  const own = asText(fields['_SYSTEMD_UNIT']);
  const about = asText(fields['UNIT']) ?? asText(fields['COREDUMP_UNIT']) ?? asText(fields['OBJECT_SYSTEMD_UNIT']);
  return {
    time: new Date(Number(fields['__REALTIME_TIMESTAMP']) / 1000),
    unit: about ?? own,
    message: asText(fields['MESSAGE']) ?? '',
    priority: Number(fields['PRIORITY'] ?? 6),
    pid: asText(fields['_PID']) === undefined ? undefined : Number(fields['_PID']),
    fromSystemd: own === 'init.scope' || fields['_PID'] === '1',
  };
}

/** A field is text, or an array of bytes where it holds colour or is not UTF-8, or an array of texts, or null. */
function asText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return undefined;
  if (value.every((item) => typeof item === 'number')) return new TextDecoder().decode(Uint8Array.from(value));
  return value.filter((item) => typeof item === 'string').join('\n');
}
