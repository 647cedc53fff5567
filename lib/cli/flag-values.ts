// Owns the reading of flag values that are numbers or lists, with what is wrong said in words. Knows no flag by name.
import { InvalidArgumentError } from 'commander';

/** The bounds of a number, ends included unless `above` is given. */
export type NumberBounds = { readonly least?: number; readonly most?: number; readonly above?: number };

/** A reader of whole numbers within bounds; for commander's `argParser`. */
export function wholeNumber({ least = 0, most = Number.MAX_SAFE_INTEGER }: NumberBounds = {}): (
  text: string,
) => number {
  return (text) => {
    const value = readNumber(text);
    if (!Number.isSafeInteger(value) || value < least || value > most) {
      throw new InvalidArgumentError(`it must be a whole number ${describeBounds(least, most)}`);
    }
    return value;
  };
}

/** A reader of numbers within bounds; for commander's `argParser`. */
export function realNumber({ least, most, above }: NumberBounds = {}): (text: string) => number {
  return (text) => {
    const value = readNumber(text);
    const isBelow = (least !== undefined && value < least) || (above !== undefined && value <= above);
    if (!Number.isFinite(value) || isBelow || (most !== undefined && value > most)) {
      const low = above === undefined ? least : `above ${above}`;
      throw new InvalidArgumentError(`it must be a number ${describeBounds(low, most)}`.trimEnd());
    }
    return value;
  };
}

/** A reader of one word, or of what another reader reads. */
export function orWord<Word extends string, Value>(
  word: Word,
  read: (text: string) => Value,
): (text: string) => Word | Value {
  return (text) => {
    if (text === word) return word;
    try {
      return read(text);
    } catch (error) {
      throw error instanceof InvalidArgumentError ? new InvalidArgumentError(`${error.message}, or ${word}`) : error;
    }
  };
}

/** A reader of a time within a file: seconds, `m:ss` or `h:mm:ss`, each with a decimal part if need be. */
export function timeInSeconds(text: string): number {
  const [, hours = '0', minutes = '0', seconds = ''] = /^(?:(?:(\d+):)?(\d+):)?(\d+\.?\d*|\.\d+)$/.exec(text) ?? [];
  const isClock = text.includes(':');
  if (seconds === '' || (isClock && Number(seconds) >= 60) || (hours !== '0' && Number(minutes) >= 60)) {
    throw new InvalidArgumentError('it must be seconds or h:mm:ss, such as 90 or 0:01:30');
  }
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

/** A reader of `0.5,0.3,0.2`. */
export function numberList(text: string): number[] {
  const values = text.split(',').map(readNumber);
  if (!values.every(Number.isFinite)) throw new InvalidArgumentError('it must be numbers with commas between them');
  return values;
}

/** A reader of `0/4`: one part of many, from 0. */
export function partOfMany(text: string): { readonly index: number; readonly count: number } {
  const [, index, count] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  if (index === undefined || count === undefined || index >= count) {
    throw new InvalidArgumentError('it must be i/n with i from 0 to n − 1, such as 0/4');
  }
  return { index, count };
}

/** A reader of a flag that may be given again and again. */
export function repeated(text: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), text];
}

/** Plain decimal notation only: `Number` would take an empty text for 0 and `0x10` for 16. */
function readNumber(text: string): number {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
}

function describeBounds(low: number | string | undefined, most: number | undefined): string {
  const isUnbounded = most === undefined || most === Number.MAX_SAFE_INTEGER;
  if (typeof low === 'string') return isUnbounded ? low : `${low} and up to ${most}`;
  if (low === undefined) return isUnbounded ? '' : `up to ${most}`;
  return isUnbounded ? `from ${low}` : `from ${low} to ${most}`;
}
