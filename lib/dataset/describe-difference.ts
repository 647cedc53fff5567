// Owns where the options of two datasets differ, in words. Knows nothing of folders.
import type { ClipOptions } from './dataset-files.js';

/** Where the options of two datasets differ, in words; empty where they do not. */
export function describeDifference(made: ClipOptions, asked: ClipOptions): string {
  const keys = [
    ...['size', 'fps', 'frames', 'stride', 'hop', 'fit', 'grey', 'shardClips'],
    ...['startSeconds', 'endSeconds', 'labels', 'groups'],
  ] as const satisfies (keyof ClipOptions)[];
  // Of a file it is enough to see that it is another.
  const said = (value: number | string | boolean | undefined) =>
    `${value ?? 'not given'}`.replace(/^(sha256:.{8}).*/, '$1…');
  return keys
    .filter((key) => made[key] !== asked[key])
    .map((key) => `${key} is ${said(made[key])} there and ${said(asked[key])} here`)
    .join(', ');
}
