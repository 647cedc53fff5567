// Owns the table of what is trained on Moving MNIST and what each case measures: a new ablation is one line here. Knows nothing of how
// it is done.
import type { RunConfig } from '../../../dist/run/run-config.js';
import type { PretrainOptions } from '../../../dist/training/pretrain-options.js';
import type { ModelConfig, VitConfig } from '../../../dist/model/model-config.js';
import { resolvePreset, usualClip } from '../../../dist/model/presets.js';
import type { WorldName } from './draw-clip.js';

/** A training that cases share. */
export type Training = {
  readonly world: WorldName;
  /** What the network is trained to fill in; all of it is measured as well. */
  readonly hide: readonly string[];
  /** What differs from {@link commonOptions}. */
  readonly options?: Omit<PretrainOptions, 'dataset' | 'out' | 'hide' | 'minutes' | 'seed'>;
  /** What of the run's configuration no option changes. */
  readonly config?: Partial<Omit<RunConfig, 'model' | 'data' | 'duration' | 'seed'>>;
  /** Fields of the preset's network that are others. */
  readonly model?: Partial<Omit<ModelConfig, 'family'>> & Readonly<Record<string, unknown>>;
  /** A network in the place of the preset's. */
  readonly network?: ModelConfig;
};

/** One line of the result. */
export type Case = {
  readonly training: string;
  /** What is hidden of the test set; one of the training's. */
  readonly hide: string;
  /** Networks that are trained beside it. */
  readonly peers: readonly PeerName[];
  /** Whether it runs where no case is named. */
  readonly isDefault: boolean;
};

/**
 * The peers, by the name of their file in `test/bench/peers/`: what their networks are made with, what is added where not the future
 * is hidden, and the highest rate of their training. They are as small as a few minutes on few cores can use.
 */
export const peers = {
  simvp: {
    options: { width: 16, hidden: 128, depth: 4, expansion: 4 },
    filling: { frames: 20, channels: 2 },
    learningRate: 1e-3,
  },
  convlstm: { options: { widths: [64, 64], kernel: 3, patch: 4 }, filling: { bothWays: true }, learningRate: 1e-3 },
} as const;

/** The name of a peer. */
export type PeerName = keyof typeof peers;

/** All of them. */
const peerNames = ['simvp', 'convlstm'] as const satisfies readonly PeerName[];

/** What each kind of case hides: 10 frames of 20 that follow, 6 that are missing in between, three quarters of the patches. */
const hides = { A: 'future:10', B: 'gap:6', C: 'patches:0.75' } as const;
type Kind = keyof typeof hides;
const kinds = ['A', 'B', 'C'] as const satisfies readonly Kind[];

/**
 * What all trainings share: digits are not mirrored, they move too far in a gap to be matched over it, and nothing is kept for validation
 * where clips never end.
 */
export const commonOptions = {
  ...{ preset: 'conv-tiny', batch: 16, flip: false, validation: 0 },
  optimizer: 'muon',
  guess: 'blend',
} as const;

const grey = 'two digits' satisfies WorldName;
const colour = 'three coloured digits' satisfies WorldName;
const mix = kinds.map((kind) => hides[kind]);

/** A transformer of the size of `vit-tiny` for these clips; the rate is that which suits it. */
function transformer(changes: Partial<VitConfig> = {}): Pick<Training, 'network' | 'options'> {
  const preset = resolvePreset('vit-tiny', usualClip('vit-tiny'));
  if (preset.family !== 'vit') throw new RangeError('vit-tiny is no transformer');
  return { network: { ...preset, frames: 20, channels: 1, ...changes }, options: { learningRate: 1e-3 } };
}

/** Each of these is trained and measured on the future: a line each. */
const ablations: Readonly<Record<string, Omit<Training, 'world' | 'hide'>>> = {
  'batch-8': { options: { batch: 8 } },
  'batch-32': { options: { batch: 32 } },
  adamw: { options: { optimizer: 'adamw' } },
  'lr-1e-3': { options: { learningRate: 1e-3 } },
  'lr-4e-3': { options: { learningRate: 4e-3 } },
  'repeat-2': { options: { repeat: 2 } },
  'patch-2': { model: { patch: 2 } },
  'patch-8': { model: { patch: 8 } },
  'tubelet-2': { model: { tubeletFrames: 2 } },
  wide: { model: { width: 128, innerWidth: 256, depth: 1, innerDepth: 1 } },
  deep: { model: { depth: 2, innerDepth: 8 } },
  'conv-small': { options: { preset: 'conv-small' } },
  'no-decay': { config: { weightDecay: 0 } },
  'target-pixels': { model: { target: 'pixels' } },
  'loss-l1': { options: { loss: 'l1' } },
  'score-half': { options: { score: 0.5 } },
  vit: transformer(),
  'vit-cross': transformer({ decoder: 'cross' }),
  'vit-divided': transformer({ attention: 'divided' }),
  'vit-patch-4': transformer({ patch: 4, tubeletFrames: 10 }),
};

/** All trainings by name. */
export const trainings: Readonly<Record<string, Training>> = {
  ...Object.fromEntries(kinds.map((kind) => [kind, { world: grey, hide: [hides[kind]] }])),
  mix: { world: grey, hide: mix },
  ...Object.fromEntries(kinds.map((kind) => [`colour-${kind}`, { world: colour, hide: [hides[kind]] }])),
  'colour-mix': { world: colour, hide: mix },
  ...Object.fromEntries(
    Object.entries(ablations).map(([name, changes]) => [
      `ablate-${name}`,
      { world: grey, hide: [hides.A], ...changes },
    ]),
  ),
};

/** All cases by name. */
export const cases: Readonly<Record<string, Case>> = {
  ...Object.fromEntries(kinds.map((kind) => [kind, createCase(kind, kind, { isDefault: true, peers: peerNames })])),
  ...Object.fromEntries(kinds.map((kind) => [`mix-${kind}`, createCase('mix', kind, { isDefault: true })])),
  ...Object.fromEntries(kinds.map((kind) => [`colour-${kind}`, createCase(`colour-${kind}`, kind)])),
  ...Object.fromEntries(kinds.map((kind) => [`colour-mix-${kind}`, createCase('colour-mix', kind)])),
  ...Object.fromEntries(Object.keys(ablations).map((name) => [`ablate-${name}`, createCase(`ablate-${name}`, 'A')])),
};

function createCase(training: string, kind: Kind, changes: Partial<Case> = {}): Case {
  return { training, hide: hides[kind], peers: [], isDefault: false, ...changes };
}
