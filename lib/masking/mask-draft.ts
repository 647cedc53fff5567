// Owns a plan while its parts are written into it, and what each of them may still choose from. Knows no kind of mask.
import type { TokenGrid } from '../clip/token-grid.js';

/**
 * A plan in the making. A place is one `(row, column)` of the grid, `row · columns + column`, through all steps.
 *
 * Random parts choose from steps, places and tokens that are free. So parts never overlap except where a wholly hidden step
 * crosses a wholly hidden place, and the number of hidden tokens is the same whatever is chosen.
 */
export type MaskDraft = {
  readonly grid: TokenGrid;
  /** `[N]`, 1 where a token is hidden. */
  readonly hidden: Uint8Array;
};

/** A draft that hides nothing. */
export function createMaskDraft(grid: TokenGrid): MaskDraft {
  return { grid, hidden: new Uint8Array(grid.tokens) };
}

/** The places of one step: P = rows · columns. */
export function placesOf(grid: TokenGrid): number {
  return grid.rows * grid.columns;
}

/** Hides one step at all places. */
export function hideStep({ grid, hidden }: MaskDraft, step: number): void {
  hidden.fill(1, step * placesOf(grid), (step + 1) * placesOf(grid));
}

/** Hides one place through all steps. */
export function hidePlace({ grid, hidden }: MaskDraft, place: number): void {
  for (let token = place; token < grid.tokens; token += placesOf(grid)) hidden[token] = 1;
}

/** Whether a step is hidden at all places. */
export function isStepHidden({ grid, hidden }: MaskDraft, step: number): boolean {
  return hidden.subarray(step * placesOf(grid), (step + 1) * placesOf(grid)).every((value) => value === 1);
}

/** The steps of which nothing is hidden but places that are hidden through all steps; ascending. */
export function freeSteps(draft: MaskDraft): number[] {
  const { stepHidden, stepTouched } = survey(draft);
  return indicesWhere(draft.grid.steps, (step) => stepHidden[step] === 0 && stepTouched[step] === 0);
}

/** The places of which nothing is hidden but steps that are hidden at all places; ascending. */
export function freePlaces(draft: MaskDraft): number[] {
  const { placeHidden, placeTouched } = survey(draft);
  return indicesWhere(placesOf(draft.grid), (place) => placeHidden[place] === 0 && placeTouched[place] === 0);
}

/** The tokens that are not hidden; ascending. */
export function freeTokens({ grid, hidden }: MaskDraft): number[] {
  return indicesWhere(grid.tokens, (token) => hidden[token] === 0);
}

/** Which steps and places are wholly hidden, and which of the others a part of both (a box) touches. */
function survey({ grid, hidden }: MaskDraft) {
  const places = placesOf(grid);
  const stepHidden = new Uint8Array(grid.steps).fill(1);
  const placeHidden = new Uint8Array(places).fill(1);
  for (let token = 0; token < grid.tokens; token++) {
    if (hidden[token] === 1) continue;
    stepHidden[Math.floor(token / places)] = 0;
    placeHidden[token % places] = 0;
  }
  const stepTouched = new Uint8Array(grid.steps);
  const placeTouched = new Uint8Array(places);
  for (let token = 0; token < grid.tokens; token++) {
    const step = Math.floor(token / places);
    const place = token % places;
    if (hidden[token] === 0 || stepHidden[step] === 1 || placeHidden[place] === 1) continue;
    stepTouched[step] = 1;
    placeTouched[place] = 1;
  }
  return { stepHidden, placeHidden, stepTouched, placeTouched };
}

function indicesWhere(count: number, isWanted: (index: number) => boolean): number[] {
  const wanted: number[] = [];
  for (let index = 0; index < count; index++) if (isWanted(index)) wanted.push(index);
  return wanted;
}
