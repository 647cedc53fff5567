// Owns what of a preset's network may be chosen anew: what its head gives, and what only a transformer has. Knows nothing of its
// mathematics.
import { z } from 'zod';
import { LacunaError } from '../clip/lacuna-error.js';
import {
  attentionNames,
  decoderNames,
  guessNames,
  type GuessName,
  type ModelConfig,
  targetNames,
  type TargetName,
} from './model-config.js';

/** What may be chosen; where nothing is, the preset says it. */
export type ModelOptions = {
  /** What the head gives of what is hidden; see `targetNames`. */
  readonly target?: TargetName | undefined;
  /** What the guess of a gap's frames is made of, from which a `residual` is counted; see `guessNames`. */
  readonly guess?: GuessName | undefined;
  /** Whether the encoder attends to all tokens at once or first over time, then over space; `vit` alone. */
  readonly attention?: (typeof attentionNames)[number] | undefined;
  /** Whether the decoder attends to all tokens or to the visible ones alone; `vit` alone. */
  readonly decoder?: (typeof decoderNames)[number] | undefined;
  /** How often the branches of the encoder's last block are left out in training, in [0, 1); `vit` alone. */
  readonly dropPath?: number | undefined;
};

/** The fields of {@link ModelOptions}. */
export const modelOptionsFields = {
  target: z.enum(targetNames).optional(),
  guess: z.enum(guessNames).optional(),
  attention: z.enum(attentionNames).optional(),
  decoder: z.enum(decoderNames).optional(),
  dropPath: z.number().min(0).lt(1).optional(),
};

/** Each option of a transformer by its flag. */
const vitFlags = { attention: '--attention', decoder: '--decoder', dropPath: '--drop-path' } as const;

/**
 * A preset's network with what was chosen.
 * @throws {LacunaError} `usage` where a network is told what it has not.
 */
export function chooseModel(
  preset: ModelConfig,
  { target, guess, attention, decoder, dropPath }: ModelOptions,
): ModelConfig {
  const common = { ...(target === undefined ? {} : { target }), ...(guess === undefined ? {} : { guess }) };
  const ofVit = Object.fromEntries(
    Object.entries({ attention, decoder, dropPath }).filter(([, value]) => value !== undefined),
  );
  if (preset.family === 'vit') {
    if (guess !== undefined && (target ?? preset.target) !== 'residual') {
      throw new LacunaError(
        'usage',
        '--guess goes with --target residual: what else is filled in is counted from no guess.',
      );
    }
    return { ...preset, ...common, ...ofVit };
  }
  const [given] = Object.keys(ofVit);
  if (given !== undefined) {
    const flag = vitFlags[given as keyof typeof vitFlags];
    throw new LacunaError('usage', `${flag} goes with a vit preset, such as vit-tiny: a conv has no attention.`);
  }
  return { ...preset, ...common };
}
