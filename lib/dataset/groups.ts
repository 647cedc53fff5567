// Owns which group each video is of: what must stay on one side of a split. Knows nothing of labels and splits.
import { LacunaError } from '../clip/lacuna-error.js';
import { checkLines } from './check-lines.js';
import { readLabelLines } from './label-lines.js';
import { matchLines, type MatchedLines } from './match-lines.js';
import type { FoundVideo } from './scan.js';

/** The groups of a call's videos. */
export type Groups = {
  /** What `dataset.json` knows them by. */
  readonly identity: string;
  /** The group of each video that has one, by the name that the dataset calls it. */
  readonly byVideo: ReadonlyMap<string, string>;
  /** The file that they are from, and its lines that mean none of the videos. */
  readonly source?: { readonly path: string; readonly unmatched: MatchedLines['unmatched'] };
};

/**
 * Reads groups from a CSV file, where the option ends in `.csv`, else from the videos' names by a regular expression: its
 * first capture group, or all that it matches, is the group.
 * @throws {LacunaError} `input` where the file cannot be read, is malformed or contradicts itself; `usage` where the
 * expression is none or matches no name.
 */
export async function readGroups(option: string, videos: readonly FoundVideo[]): Promise<Groups> {
  return isCsvName(option) ? readGroupFile(option, videos) : matchGroups(option, videos);
}

/** Whether an option names a CSV file. */
export function isCsvName(option: string): boolean {
  return option.toLowerCase().endsWith('.csv');
}

async function readGroupFile(path: string, videos: readonly FoundVideo[]): Promise<Groups> {
  const file = await readLabelLines(path, 'groups', 'group');
  // Only the groups of it are asked for.
  const lines = file.lines.map(({ line, file: name, group }) => ({ line, file: name, ...(group && { group }) }));
  const { byVideo, unmatched } = matchLines({ ...file, lines }, videos);
  for (const ofOne of [...byVideo.values(), ...unmatched.values()]) checkLines(path, ofOne);
  const groups = new Map<string, string>();
  for (const [video, ofVideo] of byVideo) {
    const group = ofVideo.find((line) => line.group !== undefined)?.group;
    if (group !== undefined) groups.set(video, group);
  }
  return { identity: `sha256:${file.sha256}`, byVideo: groups, source: { path, unmatched } };
}

function matchGroups(pattern: string, videos: readonly FoundVideo[]): Groups {
  let expression: RegExp;
  try {
    expression = new RegExp(pattern, 'u');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : '';
    throw new LacunaError(
      'usage',
      `groups must be a CSV file or a regular expression, and ${pattern} is neither (${why}).`,
      { cause },
    );
  }
  const groups = new Map<string, string>();
  for (const { video } of videos) {
    const match = expression.exec(video);
    const group = match && match.length > 1 ? match[1] : match?.[0];
    if (group !== undefined && group !== '') groups.set(video, group);
  }
  if (groups.size === 0) {
    throw new LacunaError(
      'usage',
      `groups must match the names of videos, and ${pattern} finds no group in ${videos[0]?.video ?? 'any name'}${videos.length > 1 ? ` nor in the ${videos.length - 1} others` : ''}.`,
    );
  }
  return { identity: `pattern:${pattern}`, byVideo: groups };
}
