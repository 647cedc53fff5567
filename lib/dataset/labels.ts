// Owns what is known of the videos of a call: labels, groups and splits, from whatever they were asked to be taken from.
// Knows nothing of pixels.
import { basename, dirname } from 'node:path/posix';
import { LacunaError } from '../clip/lacuna-error.js';
import { checkLines } from './check-lines.js';
import type { VideoLabels } from './clip-labels.js';
import type { ClipOptions } from './dataset-files.js';
import { groupKey } from './group-key.js';
import { type Groups, readGroups } from './groups.js';
import { type LabelLine, readLabelLines } from './label-lines.js';
import { matchLines, type MatchedLines, type UnmatchedLine } from './match-lines.js';
import type { FoundVideo } from './scan.js';

/** Where labels and groups come from; absent: there are none. */
export type LabelSources = {
  /** `folder`, or the path of a CSV file. */
  readonly labels?: string | undefined;
  /** The path of a CSV file, which ends in `.csv`, or a regular expression. */
  readonly groups?: string | undefined;
};

/** What is known of the videos of a call. */
export type KnownLabels = {
  /** What `dataset.json` knows it by: never a path. */
  readonly identity: Pick<ClipOptions, 'labels' | 'groups'>;
  /** What is known of a video, by the name that the dataset calls it. */
  readonly of: (video: string) => VideoLabels;
  /** The lines that mean neither one of the videos nor one of these names. */
  readonly unmatched: (names: ReadonlySet<string>) => readonly UnmatchedLine[];
};

type Labels = {
  readonly identity: string;
  readonly linesOf: (video: string) => readonly LabelLine[];
  readonly source?: { readonly path: string; readonly unmatched: MatchedLines['unmatched'] };
};

/**
 * Reads labels and groups. Where both a group file and the column `group` name one, the group file counts.
 * @throws {LacunaError} `input` where a file cannot be read, is malformed or contradicts itself; `usage` where `groups` is
 * neither a file nor a regular expression that matches.
 */
export async function readKnownLabels(sources: LabelSources, videos: readonly FoundVideo[]): Promise<KnownLabels> {
  const labels = sources.labels === undefined ? undefined : await readLabels(sources.labels, videos);
  const groups = sources.groups === undefined ? undefined : await readGroups(sources.groups, videos);
  const of = (video: string): VideoLabels => {
    const lines = labels?.linesOf(video) ?? [];
    const group = groups?.byVideo.get(video) ?? lines.find((line) => line.group !== undefined)?.group;
    return { lines, ...(group !== undefined && { group }) };
  };
  if (labels?.source) checkSides(labels.source.path, videos, of);
  return {
    identity: { ...(labels && { labels: labels.identity }), ...(groups && { groups: groups.identity }) },
    of,
    unmatched: (names) => [labels, groups].flatMap((from) => listUnmatched(from?.source, names)),
  };
}

async function readLabels(option: string, videos: readonly FoundVideo[]): Promise<Labels> {
  if (option === 'folder') return { identity: 'folder', linesOf: labelByFolder };
  const file = await readLabelLines(option, 'labels', 'label');
  const { byVideo, unmatched } = matchLines(file, videos);
  for (const lines of [...byVideo.values(), ...unmatched.values()]) checkLines(option, lines);
  return {
    identity: `sha256:${file.sha256}`,
    linesOf: (video) => byVideo.get(video) ?? [],
    source: { path: option, unmatched },
  };
}

/** The folder that directly holds a video is its label; a video directly in the input has none. */
function labelByFolder(video: string): readonly LabelLine[] {
  const folder = dirname(video);
  return folder === '.' ? [] : [{ line: 0, file: video, label: basename(folder) }];
}

/** A group whose parts are for training and for validation could be on neither side. */
function checkSides(path: string, videos: readonly FoundVideo[], of: KnownLabels['of']): void {
  const sides = new Map<string, LabelLine>();
  for (const { video } of videos) {
    const { lines, group } = of(video);
    const key = groupKey({ video, group });
    for (const line of lines) {
      if (line.split !== 'train' && line.split !== 'validation') continue;
      const other = sides.get(key);
      if (other === undefined) sides.set(key, line);
      else if (other.split !== line.split) {
        const [first, second] = [other, line].sort((left, right) => left.line - right.line);
        throw new LacunaError(
          'input',
          `Lines ${first?.line} and ${second?.line} of ${path} contradict each other: the ${key} cannot be both for training and for validation; change one.`,
        );
      }
    }
  }
}

function listUnmatched(source: Groups['source'], names: ReadonlySet<string>): readonly UnmatchedLine[] {
  if (source === undefined) return [];
  return [...source.unmatched]
    .filter(([file]) => !names.has(file))
    .flatMap(([, lines]) => lines.map(({ line, file }) => ({ source: source.path, line, file })))
    .sort((left, right) => left.line - right.line);
}
