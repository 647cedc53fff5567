// Owns a CSV file of labels or groups → its lines, each with its number. Knows nothing of videos and clips.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { LacunaError } from '../clip/lacuna-error.js';
import type { ClipSplit } from './dataset-files.js';

/** Frames of a source file. */
export type FrameWindow = {
  /** The first, from 0. */
  readonly startFrame: number;
  /** How many, at least 1. */
  readonly numFrames: number;
};

/** A line of such a file. Fields that it leaves empty are absent. */
export type LabelLine = {
  /** In the file, from 1, which is the header. Of a line that goes on over several, the last. */
  readonly line: number;
  /** The video, as it is written. */
  readonly file: string;
  /** The frames that `label` and `split` are of. Absent: all. */
  readonly window?: FrameWindow;
  readonly label?: string;
  /** Of the whole video, whatever the window. */
  readonly group?: string;
  readonly split?: ClipSplit;
};

/** A file that was read. */
export type LabelFile = {
  /** As it was given. */
  readonly path: string;
  readonly lines: readonly LabelLine[];
  /** Of its bytes, in hexadecimal. */
  readonly sha256: string;
};

/** The columns that are read; others are passed over. */
const columns = ['file', 'label', 'start_frame', 'num_frames', 'group', 'split'] as const;

type Column = (typeof columns)[number];

/** What the column `split` may say. */
const splitWords: Readonly<Record<string, ClipSplit>> = {
  train: 'train',
  val: 'validation',
  validation: 'validation',
  test: 'test',
};

const recordsSchema = z.array(z.object({ record: z.array(z.string()), info: z.object({ lines: z.int() }) }));

/**
 * Reads a CSV file (RFC 4180, UTF-8 with or without a byte order mark, any line ends) whose first line names the columns.
 * Spaces around a field and lines without any field are passed over.
 * @param option what the file was named by, such as `labels`
 * @param needed a column without which it is of no use, beside `file`
 * @throws {LacunaError} `input` where it cannot be read or is malformed, with its line.
 */
export async function readLabelLines(path: string, option: string, needed: 'label' | 'group'): Promise<LabelFile> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new LacunaError('input', `${path} cannot be read; ${option} takes a CSV file that can.`, { cause });
  });
  const [header, ...records] = parseCsv(path, bytes);
  if (header === undefined) {
    throw new LacunaError('input', `${path} is empty; its first line must name the columns file and ${needed}.`);
  }
  const places = findColumns(path, header.fields, needed);
  const lines = records.map(({ line, fields }) => {
    if (fields.length !== header.fields.length) {
      throw wrongLine(path, line, `has ${fields.length} fields, and the header names ${header.fields.length} columns`);
    }
    return readLine(path, line, (column) => fields[places.get(column) ?? -1] ?? '');
  });
  return { path, lines, sha256: createHash('sha256').update(bytes).digest('hex') };
}

type CsvRecord = { readonly line: number; readonly fields: readonly string[] };

function parseCsv(path: string, bytes: Uint8Array): readonly CsvRecord[] {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new LacunaError('input', `${path} is not UTF-8 text; save it as CSV in UTF-8.`, { cause });
  }
  try {
    const parsed: unknown = parse(text.replaceAll('\r\n', '\n'), {
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      trim: true,
    });
    return recordsSchema.parse(parsed).map(({ record, info }) => ({ line: info.lines, fields: record }));
  } catch (cause) {
    if (!(cause instanceof Error) || !('lines' in cause)) throw cause;
    const { message, lines } = cause;
    throw new LacunaError('input', `Line ${String(lines)} of ${path} is no CSV (${message}); mend it.`, { cause });
  }
}

function findColumns(path: string, header: readonly string[], needed: Column): ReadonlyMap<string, number> {
  const wrong = (what: string) =>
    new LacunaError('input', `Line 1 of ${path} ${what}; it must name each column once, separated by commas.`);
  const places = new Map<string, number>();
  for (const column of columns) {
    const place = header.indexOf(column);
    if (header.includes(column, place + 1) && place >= 0) throw wrong(`names the column ${column} twice`);
    if (place >= 0) places.set(column, place);
  }
  for (const column of ['file', needed] satisfies Column[]) {
    if (!places.has(column)) throw wrong(`names no column ${column}, but ${header.join(', ')}`);
  }
  if (places.has('start_frame') !== places.has('num_frames')) {
    throw wrong('names only one of the columns start_frame and num_frames');
  }
  return places;
}

function readLine(path: string, line: number, field: (column: Column) => string): LabelLine {
  const file = field('file');
  if (file === '') throw wrongLine(path, line, 'names no file');
  const window = readWindow(path, line, field('start_frame'), field('num_frames'));
  const split = field('split');
  const known = Object.hasOwn(splitWords, split) ? splitWords[split] : undefined;
  if (split !== '' && known === undefined) {
    throw wrongLine(
      path,
      line,
      `has the split ${split}, where it must be one of ${Object.keys(splitWords).join(', ')}`,
    );
  }
  const [label, group] = [field('label'), field('group')];
  return {
    line,
    file,
    ...(window && { window }),
    ...(label !== '' && { label }),
    ...(group !== '' && { group }),
    ...(known && { split: known }),
  };
}

function readWindow(path: string, line: number, start: string, count: string): FrameWindow | undefined {
  if (start === '' && count === '') return undefined;
  const isWhole = (text: string) => /^\d{1,15}$/.test(text);
  if (!isWhole(start)) throw wrongLine(path, line, `has the start_frame "${start}", where a whole number must be`);
  if (!isWhole(count) || Number(count) === 0) {
    throw wrongLine(path, line, `has the num_frames "${count}", where a whole number from 1 must be`);
  }
  return { startFrame: Number(start), numFrames: Number(count) };
}

function wrongLine(path: string, line: number, what: string): LacunaError {
  return new LacunaError('input', `Line ${line} of ${path} ${what}; mend it.`);
}
