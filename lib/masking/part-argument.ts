// Owns the reading of what stands after the colon of a part of `--hide`: counts, shares and spans of frames. Knows no kind
// of mask.
import { LacunaError } from '../clip/lacuna-error.js';

/** Frames from `first` to `last`, counted from 0, both included. */
export type FrameSpan = { readonly first: number; readonly last: number };

/** A usage error about one part: `--hide patches:1.2 …`. */
export function partError(text: string, sentence: string): LacunaError {
  return new LacunaError('usage', `--hide ${text} ${sentence}`);
}

/**
 * A whole number of at least 1.
 * @throws {LacunaError} `usage`
 */
export function readCount(argument: string | undefined, text: string, example: string): number {
  const count = argument !== undefined && /^\d{1,9}$/.test(argument) ? Number(argument) : 0;
  if (count >= 1) return count;
  throw partError(text, `needs a whole number of frames, at least 1, ${got(argument)}; write ${example}`);
}

/**
 * A number above 0 and below 1.
 * @throws {LacunaError} `usage`
 */
export function readShare(argument: string | undefined, text: string, example: string): number {
  const share = argument !== undefined && /^\d*\.?\d+$/.test(argument) ? Number(argument) : 0;
  if (share > 0 && share < 1) return share;
  throw partError(text, `needs a share above 0 and below 1, ${got(argument)}; write ${example}`);
}

/**
 * `a-b`: frames counted from 0, both included, a ≤ b. Undefined where it is not of this form.
 * @throws {LacunaError} `usage` where a > b.
 */
export function readSpan(argument: string | undefined, text: string): FrameSpan | undefined {
  const [, first, last] = /^(\d{1,9})-(\d{1,9})$/.exec(argument ?? '') ?? [];
  if (first === undefined || last === undefined) return undefined;
  const span = { first: Number(first), last: Number(last) };
  if (span.first <= span.last) return span;
  throw partError(text, `ends before it begins; write the earlier frame first, as in ${span.last}-${span.first}`);
}

/** `got "x"`, or that there was nothing. */
export function got(argument: string | undefined): string {
  return argument === undefined || argument === '' ? 'got nothing' : `got "${argument}"`;
}

/** How many of `choices` a share of them is, rounded to the nearest.
 * @throws {LacunaError} `usage` where it rounds to none.
 */
export function countOfShare(share: number, choices: number, text: string, what: string): number {
  const count = Math.round(share * choices);
  if (count > 0) return count;
  throw partError(
    text,
    choices === 0
      ? `has no ${what} left to choose from beside the other parts; leave one of them out`
      : `hides nothing: it is less than half of one of the ${choices} ${what} that it can choose from; give a larger share`,
  );
}
