// Owns files of one JSON value a line that grow at their end and may have been cut off there. Knows nothing of the values.
import { createReadStream } from 'node:fs';
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

/** Lines of one string, which may not be of any length. */
const linesOfPart = 10_000;

/** The same of any number of values, in parts. */
export function encodeJsonLinesInParts(values: readonly unknown[]): readonly string[] {
  return Array.from({ length: Math.ceil(values.length / linesOfPart) }, (_, part) =>
    encodeJsonLines(values.slice(part * linesOfPart, (part + 1) * linesOfPart)),
  );
}

/**
 * Reads whole lines; a last line without its line feed is left out.
 * @param source what messages call the bytes, such as a file name
 * @throws {LacunaError} `input` where a whole line is no JSON.
 */
export function decodeJsonLines(bytes: Uint8Array, source = 'the file'): JsonLines {
  const wholeBytes = bytes.lastIndexOf(0x0a) + 1;
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, wholeBytes);
  const values: unknown[] = [];
  let number = 0;
  // Line by line: a list of millions is longer than a string may be.
  for (const { text } of wholeLines(whole)) {
    number += 1;
    if (text.trim() === '') continue;
    try {
      values.push(JSON.parse(text.trim()));
    } catch (cause) {
      throw new LacunaError('input', `Line ${number} of ${source} is not JSON; mend it or make the file again.`, {
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

/** One line of a file and where it stands. */
export type PlacedLine = {
  readonly value: unknown;
  /** The byte that it begins at. */
  readonly start: number;
  /** The byte after its line feed. */
  readonly end: number;
};

/**
 * Reads whole lines one after the other, so that a file of any length takes little memory.
 * @param range the bytes that are read, from the beginning of a line; by default all
 * @throws {LacunaError} `input` where the file is not there or a whole line is no JSON.
 */
export async function* streamJsonLines(
  file: string,
  range: { readonly start?: number; readonly end?: number } = {},
): AsyncGenerator<PlacedLine, void> {
  const { start: first = 0, end: last } = range;
  if (last !== undefined && last <= first) return;
  let rest = Buffer.alloc(0);
  let start = first;
  try {
    for await (const chunk of createReadStream(file, {
      start: first,
      ...(last === undefined ? {} : { end: last - 1 }),
    })) {
      const bytes = Buffer.concat([rest, chunk as Buffer]);
      let read = 0;
      for (const { text, length } of wholeLines(bytes)) {
        const end = start + length;
        if (text.trim() !== '') yield { value: parseLine(text, file, start), start, end };
        read += length;
        start = end;
      }
      rest = bytes.subarray(read);
    }
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause)) throw cause;
    throw new LacunaError('input', `${file} cannot be read; check that it exists and may be read.`, { cause });
  }
}

/** Each line that has its line feed, and how many bytes it takes with that. */
function* wholeLines(bytes: Buffer): Generator<{ readonly text: string; readonly length: number }, void> {
  let from = 0;
  for (let feed = bytes.indexOf(0x0a); feed >= 0; feed = bytes.indexOf(0x0a, from)) {
    yield { text: bytes.toString('utf8', from, feed), length: feed + 1 - from };
    from = feed + 1;
  }
}

function parseLine(text: string, file: string, start: number): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new LacunaError(
      'input',
      `The line at byte ${start} of ${file} is not JSON; mend it or make the file again.`,
      {
        cause,
      },
    );
  }
}

/** Appends one line for each value, in one write; the file is made where it is missing. */
export async function appendJsonLines(file: string, values: readonly unknown[]): Promise<void> {
  if (values.length > 0) await appendFile(file, encodeJsonLines(values));
}
