// Owns counts in words.

/** `1 clip`, `12 clips`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
