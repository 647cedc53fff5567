// Owns what may stand on a terminal: names of files and words of other programs are not ours. Knows nothing of either.

/** The text in one line, with `?` for control characters: a name must not move the cursor or change the colours. */
export function printable(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, '; ').replaceAll(/\p{Cc}/gu, '?');
}
