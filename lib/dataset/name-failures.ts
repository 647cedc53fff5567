// Owns how failures are named in a sentence. Knows nothing of who says it.
import type { FailureRecord } from './dataset-files.js';

const namedFailures = 3;

/** `a.mp4 is truncated (moov atom not found), …`: the first three, and how many there are beside them. */
export function nameFailures(failures: readonly FailureRecord[]): string {
  const more = failures.length > namedFailures ? `, and ${failures.length - namedFailures} more` : '';
  return `${failures.slice(0, namedFailures).map(nameFailure).join(', ')}${more}`;
}

/** One of them. */
export function nameFailure({ video, reason, detail }: FailureRecord): string {
  return `${video} is ${reason} (${detail.replaceAll('\n', '; ')})`;
}
