import { assertNoNul } from '../host/command.js';

/*
 * Requests and answers of the holder: fields that each end in 0x1d, closed by a NUL. Bash reads that without a parser,
 * and a field may hold anything else, newlines included.
 */

const FIELD_END = '\x1d';
const RECORD_END = 0;

/** Returns fields as one record. Throws where a field holds one of the two separators. */
export function encodeRecord(fields: readonly string[]): string {
  for (const field of fields) {
    assertNoNul(field);
    if (field.includes(FIELD_END))
      throw new Error(`a field holds the separator: ${JSON.stringify(field.slice(0, 80))}`);
  }
  return `${fields.map((field) => field + FIELD_END).join('')}\0`;
}

/** Splits a stream of bytes into records, wherever its chunks end. */
export class RecordReader {
  #rest: Buffer[] = [];

  /** Returns the records that this chunk completes, each as its fields. */
  read(chunk: Buffer): string[][] {
    const records: string[][] = [];
    let from = 0;
    for (let end = chunk.indexOf(RECORD_END); end >= 0; end = chunk.indexOf(RECORD_END, from)) {
      const text = Buffer.concat([...this.#rest, chunk.subarray(from, end)]).toString('utf8');
      this.#rest = [];
      records.push(text.split(FIELD_END).slice(0, -1));
      from = end + 1;
    }
    if (from < chunk.length) this.#rest.push(chunk.subarray(from));
    return records;
  }
}
