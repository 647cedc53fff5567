// Owns the one table of model sizes, and which datasets each fits. Knows nothing of their mathematics.
import { type ClipShape, describeShape } from '../clip/clip.js';
import { LacunaError } from '../clip/lacuna-error.js';
import { nearestName } from '../masking/nearest-name.js';
import { type ConvConfig, convDefaults, type ModelConfig, type VitConfig, vitDefaults } from './model-config.js';

type ConvPreset = Omit<ConvConfig, 'size' | 'frames'> & {
  /** Clips of any size that is a multiple of twice the patch, up to this many pixels. */
  readonly mostSize: number;
  /** And of up to this many frames. */
  readonly mostFrames: number;
};

/**
 * The presets. `conv` follows SimVP's plan of frames stacked in channels (Gao et al. 2022) in the shape of a two-scale U
 * (Ronneberger et al. 2015) and takes the clip's size and length from the dataset, both its channels; `vit` follows VideoMAE (Tong et al. 2022,
 * section 4 and table 12) at a fixed size.
 */
const presets = {
  'conv-tiny': {
    ...{ ...convDefaults, guess: 'motion', family: 'conv', mostSize: 256, mostFrames: 64, tubeletFrames: 1, patch: 4 },
    ...{ width: 64, depth: 1, innerWidth: 128, innerDepth: 3 },
  },
  'conv-small': {
    ...{ ...convDefaults, guess: 'motion', family: 'conv', mostSize: 256, mostFrames: 64, tubeletFrames: 1, patch: 4 },
    ...{ width: 96, depth: 2, innerWidth: 192, innerDepth: 4 },
  },
  'vit-tiny': {
    ...{ ...vitDefaults, guess: 'motion', family: 'vit', size: 64, frames: 16, tubeletFrames: 2, patch: 8 },
    ...{ width: 192, depth: 6, heads: 3, decoderWidth: 96, decoderDepth: 2, decoderHeads: 3 },
  },
  'vit-small': {
    ...{ ...vitDefaults, guess: 'motion', family: 'vit', size: 224, frames: 16, tubeletFrames: 2, patch: 16 },
    ...{ width: 384, depth: 12, heads: 6, decoderWidth: 192, decoderDepth: 4, decoderHeads: 3 },
  },
  'vit-base': {
    ...{ ...vitDefaults, guess: 'motion', family: 'vit', size: 224, frames: 16, tubeletFrames: 2, patch: 16 },
    ...{ width: 768, depth: 12, heads: 12, decoderWidth: 384, decoderDepth: 4, decoderHeads: 6 },
  },
} as const satisfies Readonly<Record<string, ConvPreset | VitConfig>>;

/** The name of a preset. */
export type PresetName = keyof typeof presets;

/** The names of all presets. */
export const presetNames = Object.keys(presets).filter(isPreset);

function isPreset(name: string): name is PresetName {
  return Object.hasOwn(presets, name);
}

/** The clips of a preset: those that it is made for, or, where it takes many sizes, 16 frames of 64 × 64. */
export function usualClip(name: string): ClipShape {
  const preset = isPreset(name) ? presets[name] : undefined;
  const { size, frames } = preset?.family === 'vit' ? preset : { size: 64, frames: 16 };
  return { frames, height: size, width: size, channels: 3 };
}

/**
 * The model of a preset for clips of a shape.
 * @throws {LacunaError} `usage` where there is no such preset, or it does not fit the clips.
 */
export function resolvePreset(name: string, clip: ClipShape): ModelConfig {
  if (!isPreset(name)) {
    const nearest = nearestName(name, presetNames);
    throw new LacunaError(
      'usage',
      `There is no preset ${name}; ${nearest === undefined ? `take one of ${presetNames.join(', ')}` : `did you mean ${nearest}?`}`,
    );
  }
  const preset = presets[name];
  const channels = clip.channels === 1 ? 1 : 3;
  if (preset.family === 'vit') {
    if (clip.frames === preset.frames && clip.height === preset.size && clip.width === preset.size)
      return { ...preset, channels };
    const needed = describeShape({ frames: preset.frames, height: preset.size, width: preset.size, channels });
    throw doesNotFit(name, `clips of ${needed}`, clip, `prepare with --size ${preset.size} --frames ${preset.frames}`);
  }
  const { mostSize, mostFrames, ...model } = preset;
  const multiple = 2 * preset.patch;
  const fits = clip.height === clip.width && clip.height % multiple === 0 && clip.height <= mostSize;
  if (fits && clip.frames >= 2 && clip.frames <= mostFrames)
    return { ...model, size: clip.height, frames: clip.frames, channels };
  throw doesNotFit(
    name,
    `square clips of 2 to ${mostFrames} frames whose side is a multiple of ${multiple} up to ${mostSize} pixels`,
    clip,
    'prepare with --size 64',
  );
}

function doesNotFit(name: PresetName, needs: string, clip: ClipShape, advice: string): LacunaError {
  return new LacunaError(
    'usage',
    `The preset ${name} needs ${needs}, and the dataset has clips of ${describeShape(clip)}; ${advice}, or take another preset.`,
  );
}
