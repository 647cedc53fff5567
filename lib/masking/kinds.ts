// Owns the table of the kinds of masks, and nothing of any of them. A new kind is one line here.
import { blocks } from './blocks.js';
import { box } from './box.js';
import { drop } from './drop.js';
import { future } from './future.js';
import { gap } from './gap.js';
import type { MaskKind } from './mask-kind.js';
import { patches } from './patches.js';
import { tube } from './tube.js';

/**
 * The kinds, in the order in which they are applied: what is fixed, then whole frames, then places, then single patches.
 * Each random kind chooses from what those before it leave free.
 */
const kinds = { future, box, gap, drop, blocks, tube, patches };

/** The name of a kind of mask. */
export type Kind = keyof typeof kinds;

/** What a person asks of each kind. */
type PartOfKind = { [K in Kind]: Parameters<(typeof kinds)[K]['format']>[0] };

/** One part of an expression, of the kind `K`. */
export type HidePart<K extends Kind = Kind> = { [P in K]: PartOfKind[P] & { readonly kind: P } }[K];

/** The implementation of each kind. */
export const maskKinds: { readonly [K in Kind]: MaskKind<HidePart<K>> } = kinds;

/** The names of the kinds, in the order in which they are applied. */
export const kindNames = Object.keys(kinds).filter(isKind);

/** Whether a word names a kind. */
export function isKind(name: string): name is Kind {
  return Object.hasOwn(kinds, name);
}
