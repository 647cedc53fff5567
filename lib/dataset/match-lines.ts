// Owns which video a line of a CSV file means. Knows nothing of what the line says of it.
import { dirname, resolve } from 'node:path';
import { LacunaError } from '../clip/lacuna-error.js';
import type { LabelFile, LabelLine } from './label-lines.js';
import type { FoundVideo } from './scan.js';

/** A line that means no video. */
export type UnmatchedLine = {
  /** The CSV file, as it was given. */
  readonly source: string;
  /** In it, from 1. */
  readonly line: number;
  /** What the line calls the video. */
  readonly file: string;
};

/** The lines of a file by what they mean. */
export type MatchedLines = {
  /** Of each video, by the name that the dataset calls it. */
  readonly byVideo: ReadonlyMap<string, readonly LabelLine[]>;
  /** Of each other name, as it is written. */
  readonly unmatched: ReadonlyMap<string, readonly LabelLine[]>;
};

/**
 * Matches each line to a video: by the name that the dataset calls it, or by its path, which counts from the folder of the
 * CSV file. Names are compared after Unicode normalisation; `\` stands for `/` where no file has that name.
 * @throws {LacunaError} `input` where a line could mean two videos.
 */
export function matchLines({ path, lines }: LabelFile, videos: readonly FoundVideo[]): MatchedLines {
  const byName = new Map(videos.map(({ video }) => [plain(video), video]));
  const byPath = new Map(videos.map((found) => [plain(found.path), found.video]));
  const folder = dirname(resolve(path));
  const find = (file: string, line: number): string | undefined => {
    const named = byName.get(plain(file.replace(/^(\.\/)+/, '')));
    const placed = byPath.get(plain(resolve(folder, file)));
    if (named === undefined || placed === undefined || named === placed) return named ?? placed;
    throw new LacunaError(
      'input',
      `Line ${line} of ${path} could mean ${named} of the input or ${placed} beside the file; write whole paths, or move the file to the input's folder.`,
    );
  };
  const byVideo = new Map<string, LabelLine[]>();
  const unmatched = new Map<string, LabelLine[]>();
  for (const line of lines) {
    const video = find(line.file, line.line) ?? find(line.file.replaceAll('\\', '/'), line.line);
    const [of, key] = video === undefined ? [unmatched, line.file] : [byVideo, video];
    const before = of.get(key);
    if (before) before.push(line);
    else of.set(key, [line]);
  }
  return { byVideo, unmatched };
}

function plain(name: string): string {
  return name.normalize('NFC');
}
