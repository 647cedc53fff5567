// Owns how many clips, videos and groups each label has. Knows nothing of files.
import type { ClipRecord } from './dataset-files.js';
import { groupKey } from './group-key.js';

/** What a dataset holds of one label. */
export type ClassCount = {
  readonly label: string;
  /** Clips with this label. */
  readonly clips: number;
  /** Videos that they are of. */
  readonly videos: number;
  /** Groups that they are of; a video without a group counts as one of its own. */
  readonly groups: number;
};

/** The table of classes, sorted by label (by code unit); clips without a label are in none. */
export function countClasses(clips: readonly Pick<ClipRecord, 'video' | 'label' | 'group'>[]): readonly ClassCount[] {
  const classes = new Map<string, { clips: number; videos: Set<string>; groups: Set<string> }>();
  for (const { video, label, group } of clips) {
    if (label === undefined) continue;
    const found = classes.get(label) ?? { clips: 0, videos: new Set(), groups: new Set() };
    classes.set(label, found);
    found.clips += 1;
    found.videos.add(video);
    found.groups.add(groupKey({ video, group }));
  }
  return [...classes]
    .map(([label, { clips: count, videos, groups }]) => ({
      label,
      clips: count,
      videos: videos.size,
      groups: groups.size,
    }))
    .sort((left, right) => (left.label < right.label ? -1 : 1));
}
