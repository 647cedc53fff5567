// Owns the guess at which known name a person meant. Knows nothing of what the names stand for.

/** The known name that the fewest letters have to change for; undefined where more than a third of its letters would. */
export function nearestName<Name extends string>(word: string, names: readonly Name[]): Name | undefined {
  let nearest: Name | undefined;
  let least = Infinity;
  for (const name of names) {
    const changes = countChanges(word.toLowerCase(), name);
    if (changes >= least || changes > Math.max(1, Math.floor(name.length / 3))) continue;
    nearest = name;
    least = changes;
  }
  return nearest;
}

/** Letters to insert, leave out, replace, or swap with the next one (Damerau and Levenshtein, adjacent swaps). */
function countChanges(one: string, other: string): number {
  const rows: number[][] = [];
  const at = (row: number, column: number) => rows[row]?.[column] ?? Infinity;
  for (let row = 0; row <= one.length; row++) {
    const line: number[] = [];
    rows.push(line);
    for (let column = 0; column <= other.length; column++) {
      const same = one[row - 1] === other[column - 1];
      const isSwap = row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      line.push(
        Math.min(
          row === 0 && column === 0 ? 0 : Infinity,
          at(row - 1, column) + 1,
          at(row, column - 1) + 1,
          row > 0 && column > 0 ? at(row - 1, column - 1) + (same ? 0 : 1) : Infinity,
          isSwap ? at(row - 2, column - 2) + 1 : Infinity,
        ),
      );
    }
  }
  return at(one.length, other.length);
}
