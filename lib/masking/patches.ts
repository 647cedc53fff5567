// Owns `patches:R`: tubelets are hidden at random.
import { freeTokens } from './mask-draft.js';
import type { MaskKind } from './mask-kind.js';
import { countOfShare, readShare } from './part-argument.js';

/** A share of the tubelets. */
export type PatchesPart = { readonly kind: 'patches'; readonly share: number };

const format = ({ share }: PatchesPart) => `patches:${share}`;

/** Tokens at random: round(R · those that the other parts leave visible). */
export const patches: MaskKind<PatchesPart> = {
  example: 'patches:0.75 (three quarters of the patches)',
  parse: (argument, text) => ({ kind: 'patches', share: readShare(argument, text, 'patches:0.75') }),
  format,
  check: () => undefined,
  hide: (parts, draft, random) => {
    for (const part of parts) {
      const tokens = freeTokens(draft);
      const count = countOfShare(part.share, tokens.length, format(part), 'patches');
      for (const token of random.shuffle(tokens).slice(0, count)) draft.hidden[token] = 1;
    }
  },
};
