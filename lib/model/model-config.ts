// Owns what a model's shape is made of: one record that is stored with its weights. Knows nothing of its mathematics.
import { z } from 'zod';
import type { ClipShape } from '../clip/clip.js';
import { createTokenGrid, type TokenGrid } from '../clip/token-grid.js';

const count = z.int().min(1);

/** What both families have. */
const clipFields = {
  /** H and W, pixels. */
  size: count,
  /** T. */
  frames: count,
  /** t, frames of a tubelet. */
  tubeletFrames: count,
  /** p, pixels a side of a tubelet. */
  patch: count,
};

const convSchema = z.strictObject({
  family: z.literal('conv'),
  ...clipFields,
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

/** Models read RGB. */
const channels = 3;

/** The clips that a model reads. */
export function clipShapeOfModel({ size, frames }: ModelConfig): ClipShape {
  return { frames, height: size, width: size, channels };
}

/** The token grid of a model. @throws {RangeError} where the clip is not a whole number of tubelets. */
export function gridOfModel(config: ModelConfig): TokenGrid {
  return createTokenGrid(clipShapeOfModel(config), { frames: config.tubeletFrames, size: config.patch });
}
