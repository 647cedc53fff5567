// Owns files of one JSON value a line that grow at their end and may have been cut off there. Knows nothing of the values.
import { appendFile, readFile } from 'node:fs/promises';
import { LacunaError } from '../clip/lacuna-error.js';

/** What stands in such a file. */
export type JsonLines = {
  /** The value of each whole line, in order; empty lines are passed over. */
  readonly values: readonly unknown[];
  /** The bytes up to the end of the last whole line; what follows was cut off while it was written. */
  readonly wholeBytes: number;
};

/** One line for each value, each ended by a line feed. Deterministic: keys stay in their order. */
export function encodeJsonLines(values: readonly unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('');
}

/**
 * Reads whole lines; a last line without its line feed is left out.
 * @param source what messages call the bytes, such as a file name
 * @throws {LacunaError} `input` where a whole line is no JSON.
 */
export function decodeJsonLines(bytes: Uint8Array, source = 'the file'): JsonLines {
  const wholeBytes = bytes.lastIndexOf(0x0a) + 1;
  const lines = new TextDecoder().decode(bytes.subarray(0, wholeBytes)).split('\n');
  const values: unknown[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    try {
      values.push(JSON.parse(line));
    } catch (cause) {
      throw new LacunaError('input', `Line ${index + 1} of ${source} is not JSON; mend it or make the file again.`, {
        cause,
      });
    }
  }
  return { values, wholeBytes };
}

/**
 * Reads a file of lines.
 * @throws {LacunaError} `input` where the file is not there or a whole line is no JSON.
 */
export async function readJsonLines(file: string): Promise<JsonLines> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new LacunaError('input', `${file} cannot be read; check that it exists and may be read.`, { cause });
  });
  return decodeJsonLines(bytes, file);
}

/** Appends one line for each value, in one write; the file is made where it is missing. */
export async function appendJsonLines(file: string, values: readonly unknown[]): Promise<void> {
  if (values.length > 0) await appendFile(file, encodeJsonLines(values));
}
