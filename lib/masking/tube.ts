// Owns `tube:R`: places are hidden through all frames (VideoMAE, Tong et al. 2022, section 3.3).
import { freePlaces, hidePlace } from './mask-draft.js';
import type { MaskKind } from './mask-kind.js';
import { countOfShare, readShare } from './part-argument.js';

/** A share of the places, hidden from the first frame to the last. */
export type TubePart = { readonly kind: 'tube'; readonly share: number };

const format = ({ share }: TubePart) => `tube:${share}`;

/** Places of the grid at random, through all steps: round(R · those of which the other parts hide no more than whole frames). */
export const tube: MaskKind<TubePart> = {
  example: 'tube:0.9 (nine tenths of the places, through all frames)',
  parse: (argument, text) => ({ kind: 'tube', share: readShare(argument, text, 'tube:0.9') }),
  format,
  check: () => undefined,
  hide: (parts, draft, random) => {
    for (const part of parts) {
      const places = freePlaces(draft);
      const count = countOfShare(part.share, places.length, format(part), 'places');
      for (const place of random.shuffle(places).slice(0, count)) hidePlace(draft, place);
    }
  },
};
