// Owns `drop:R`: frames are missing here and there.
import { freeSteps, hideStep } from './mask-draft.js';
import type { MaskKind } from './mask-kind.js';
import { countOfShare, readShare } from './part-argument.js';

/** A share of the frames, chosen one by one. */
export type DropPart = { readonly kind: 'drop'; readonly share: number };

const format = ({ share }: DropPart) => `drop:${share}`;

/**
 * Steps of the grid at random: round(R · those of which the other parts hide nothing), each step being the t frames of a
 * tubelet.
 */
export const drop: MaskKind<DropPart> = {
  example: 'drop:0.25 (a quarter of the frames, here and there)',
  parse: (argument, text) => ({ kind: 'drop', share: readShare(argument, text, 'drop:0.25') }),
  format,
  check: () => undefined,
  hide: (parts, draft, random) => {
    for (const part of parts) {
      const steps = freeSteps(draft);
      const count = countOfShare(part.share, steps.length, format(part), 'time steps');
      for (const step of random.shuffle(steps).slice(0, count)) hideStep(draft, step);
    }
  },
};
