// Owns what a call of `prepare` has to do: which videos are left for which folder. Changes nothing.
import { LacunaError } from '../clip/lacuna-error.js';
import { readDescription } from './dataset-files.js';
import { type DatasetState, inspectFolder, readDatasetState } from './dataset-state.js';
import { describeDifference } from './describe-difference.js';
import { type KnownLabels, readKnownLabels } from './labels.js';
import type { ResolvedPrepareOptions } from './prepare-options.js';
import { type FoundVideo, isOfPart, type Scan, scanInputs } from './scan.js';

/** What a call has to do. */
export type Work = {
  readonly scan: Scan;
  /** The videos of the part. */
  readonly videos: readonly FoundVideo[];
  /** Those of them that are not in the folder yet. */
  readonly open: readonly FoundVideo[];
  /** What the folder holds that is kept. */
  readonly before: DatasetState;
  /** What is known of the videos. */
  readonly known: KnownLabels;
  /** The options, with what labels and groups are known by. */
  readonly resolved: ResolvedPrepareOptions;
};

/** Finds what a call has to do; changes nothing. */
export async function findWork(asked: ResolvedPrepareOptions, signal: AbortSignal | undefined): Promise<Work> {
  const { inputs, out, part, followLinks } = asked;
  const scan = await scanInputs(inputs, { except: out, followLinks, signal });
  if (scan.videos.length === 0) throw noVideos(inputs, scan);
  const videos = scan.videos.filter(({ video }) => isOfPart(video, part));
  const known = await readKnownLabels(asked.sources, scan.videos);
  const resolved = { ...asked, clips: { ...asked.clips, ...known.identity } };
  const before = await checkFolder(resolved);
  const open = videos.filter(({ video }) => !before.videos.has(video));
  return { scan, videos, open, before, known, resolved };
}

function noVideos(inputs: readonly string[], { linksLeft, unreadable }: Scan): LacunaError {
  const [first] = unreadable;
  const notes = [
    ...(linksLeft > 0 ? ['links that lead out of them are followed only on demand'] : []),
    ...(first ? [`${first.path} cannot be read (${first.code})`] : []),
  ].map((note) => ` (${note})`);
  return new LacunaError(
    'input',
    `No video was found in ${inputs.join(', ')}${notes.join('')}; name files or folders that hold some.`,
  );
}

const nothing: DatasetState = {
  kept: { clips: 0, clipsBytes: 0, failuresBytes: 0 },
  failures: [],
  videos: new Set(),
  videosWithClips: 0,
  classes: [],
  isFinished: false,
};

/** Checks that the folder may be used, and was made with the same options; gives what of it is kept. */
async function checkFolder({ out, clips, overwrite }: ResolvedPrepareOptions): Promise<DatasetState> {
  const found = await inspectFolder(out);
  if (found === 'foreign') {
    throw new LacunaError('usage', `${out} holds other files and no dataset; name a new folder.`);
  }
  if (found === 'dataset' && overwrite) return nothing;
  const made = await readDescription(out);
  const difference = made ? describeDifference(made.options, clips) : '';
  if (difference !== '') {
    throw new LacunaError(
      'usage',
      `${out} was made with other options (${difference}); use those, overwrite it, or name another folder.`,
    );
  }
  const state = await readDatasetState(out);
  return made === undefined ? { ...state, isFinished: false } : state;
}
