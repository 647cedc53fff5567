// Owns what a model's shape is made of: one record that is stored with its weights. Knows nothing of its mathematics.
import { z } from 'zod';
import type { ClipShape } from '../clip/clip.js';
import { createTokenGrid, type TokenGrid } from '../clip/token-grid.js';

const count = z.int().min(1);

/**
 * What is handed out of a clip: the mean of its tokens, the means of 4 × 4 parts of the picture one after the other, that of each step of
 * time, or all tokens.
 */
export const tokenPoolingNames = ['mean', 'grid', 'frames', 'tokens'] as const;
/** One of {@link tokenPoolingNames}. */
export type TokenPooling = (typeof tokenPoolingNames)[number];

/** How the tokens of a clip become one vector: their mean, or what a learned query finds in them. */
export const classifierPoolingNames = ['mean', 'attentive'] as const;

/** What stands on the encoder of a classifier in the place of the head that fills in. */
const classifierSchema = z.strictObject({
  /** The classes, in the order of what it gives. */
  labels: z.array(z.string().min(1)).min(2).readonly(),
  pooling: z.enum(classifierPoolingNames),
});

/** See {@link classifierSchema}. */
export type ClassifierConfig = Readonly<z.infer<typeof classifierSchema>>;

/** What both families have. */
const clipFields = {
  /** H and W, pixels. */
  size: count,
  /** T. */
  frames: count,
  /** C: 3 for RGB, 1 for grey. */
  channels: z.union([z.literal(1), z.literal(3)]).default(3),
  /** t, frames of a tubelet. */
  tubeletFrames: count,
  /** p, pixels a side of a tubelet. */
  patch: count,
  /** Absent in a network that fills in. */
  classifier: classifierSchema.optional(),
};

/**
 * What the head gives of a hidden tubelet: its `pixels` (0 to 1), the same `normalised` to mean 0 and variance 1, or the
 * `residual`: what is to be added to a guess that is made of what is visible.
 */
export const targetNames = ['pixels', 'normalised', 'residual'] as const;
/** See {@link targetNames}. */
export type TargetName = (typeof targetNames)[number];

/**
 * How the frames of a gap are guessed from those at its ends: their linear `blend`, or half of that and half what `motion` between them
 * makes.
 */
export const guessNames = ['blend', 'motion'] as const;
/** See {@link guessNames}. */
export type GuessName = (typeof guessNames)[number];

/** Whether the encoder's attention goes over all tokens at once, or first over time and then over space. */
export const attentionNames = ['joint', 'divided'] as const;
/** Whether what the decoder asks for attends to all tokens, or to the visible ones alone. */
export const decoderNames = ['self', 'cross'] as const;

/** What a `conv` has where nothing else is said. */
export const convDefaults = { channels: 3, target: 'residual', guess: 'blend' } as const;
/** What a `vit` has where nothing else is said. */
export const vitDefaults = {
  channels: 3,
  target: 'pixels',
  guess: 'blend',
  attention: 'joint',
  decoder: 'self',
  dropPath: 0,
} as const;

const convSchema = z.strictObject({
  family: z.literal('conv'),
  ...clipFields,
  target: z.enum(targetNames).default(convDefaults.target),
  guess: z.enum(guessNames).default(convDefaults.guess),
  /** Channels on the patch grid. */
  width: count,
  /** Residual blocks on the patch grid, before the coarse scale and again after it. */
  depth: count,
  /** Channels on the grid of half as many rows and columns; also D of `h`. */
  innerWidth: count,
  /** Residual blocks there. */
  innerDepth: count,
});

const vitSchema = z.strictObject({
  family: z.literal('vit'),
  ...clipFields,
  target: z.enum(targetNames).default(vitDefaults.target),
  guess: z.enum(guessNames).default(vitDefaults.guess),
  attention: z.enum(attentionNames).default(vitDefaults.attention),
  decoder: z.enum(decoderNames).default(vitDefaults.decoder),
  /** How often the branches of the encoder's last block are left out in training, in [0, 1). */
  dropPath: z.number().min(0).lt(1).default(vitDefaults.dropPath),
  /** D. */
  width: count,
  /** Transformer blocks. */
  depth: count,
  heads: count,
  /** The decoder's, which is thrown away after pretraining. */
  decoderWidth: count,
  decoderDepth: count,
  decoderHeads: count,
});

/** The schema of {@link ModelConfig}. */
export const modelConfigSchema = z.discriminatedUnion('family', [convSchema, vitSchema]);

/** A dense convolutional network. */
export type ConvConfig = Readonly<z.infer<typeof convSchema>>;
/** A transformer that sees visible tokens only. */
export type VitConfig = Readonly<z.infer<typeof vitSchema>>;
/** What a model's shape is made of. */
export type ModelConfig = ConvConfig | VitConfig;
/** The families of models. */
export type FamilyName = ModelConfig['family'];

/** The clips that a model reads. */
export function clipShapeOfModel({ size, frames, channels }: ModelConfig): ClipShape {
  return { frames, height: size, width: size, channels };
}

/** The token grid of a model. @throws {RangeError} where the clip is not a whole number of tubelets. */
export function gridOfModel(config: ModelConfig): TokenGrid {
  return createTokenGrid(clipShapeOfModel(config), { frames: config.tubeletFrames, size: config.patch });
}
