// Owns which of the hidden tokens are scored where not all are: dual masking by running cells. Knows nothing of how the hidden ones
// were chosen.
import type { Random } from '../clip/random.js';
import type { TokenGrid } from '../clip/token-grid.js';

/** Rows and columns of a cell. */
const cellSide = 2;

const placesOfCell = cellSide * cellSide;

/**
 * Splits the hidden tokens into those that are scored, round(`share` · all) but at least one, and those that are unused; both
 * ascending. As in VideoMAE V2 (Wang et al. 2023, section 3.2), each step is laid out in cells of 2 × 2 places, and the places of
 * a cell take turns from step to step: at step τ the place c of each cell has the turn (c + τ + a) mod 4, `a` drawn for the clip.
 * The lowest turns are scored, and of the last one that is needed, tokens drawn at random. So a half of all tokens is two places
 * of every cell at every step, and in four steps every place is scored alike.
 */
export function chooseScored(
  hidden: Int32Array,
  { rows, columns }: TokenGrid,
  share: number,
  random: Random,
): { readonly scored: Int32Array; readonly unused: Int32Array } {
  const first = random.integer(placesOfCell);
  const ofTurns = Array.from({ length: placesOfCell }, () => new Int32Array(hidden.length));
  const counts = new Int32Array(placesOfCell);
  for (const token of hidden) {
    const column = token % columns;
    const line = (token - column) / columns;
    const place = ((line % rows) % cellSide) * cellSide + (column % cellSide);
    const turn = (place + Math.floor(line / rows) + first) % placesOfCell;
    const count = counts[turn] ?? 0;
    counts[turn] = count + 1;
    const ofTurn = ofTurns[turn];
    if (ofTurn) ofTurn[count] = token;
  }
  const scored = new Int32Array(Math.max(1, Math.round(share * hidden.length)));
  const unused = new Int32Array(hidden.length - scored.length);
  let [taken, left] = [0, 0];
  for (const [turn, all] of ofTurns.entries()) {
    const ofTurn = all.subarray(0, counts[turn]);
    const wanted = Math.min(ofTurn.length, scored.length - taken);
    if (wanted > 0 && wanted < ofTurn.length) random.shuffle(ofTurn);
    scored.set(ofTurn.subarray(0, wanted), taken);
    unused.set(ofTurn.subarray(wanted), left);
    taken += wanted;
    left += ofTurn.length - wanted;
  }
  return { scored: scored.sort(), unused: unused.sort() };
}
