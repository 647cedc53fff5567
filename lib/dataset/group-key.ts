// Owns what must stay together: clips of one group, or, where a clip has none, of one video. Knows nothing of splits.
import type { ClipRecord } from './dataset-files.js';

/** The same for what must stay together; no group and no video have the same one. */
export function groupKey({ video, group }: Pick<ClipRecord, 'video' | 'group'>): string {
  return group === undefined ? `video ${video}` : `group ${group}`;
}
