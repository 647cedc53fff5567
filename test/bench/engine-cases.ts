// Owns the cases of the engine benchmark, and what each side is told of one. Knows nothing of how a side runs it.
import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { type ModelConfig, modelConfigSchema } from '../../dist/model/model-config.js';
import { type PresetName, presetNames, resolvePreset } from '../../dist/model/presets.js';

/** How PyTorch runs a case, by the name of the peer. */
export const pytorchModes = {
  'pytorch-eager': 'eager',
  'pytorch-compile': 'compile',
  'pytorch-bf16': 'bf16',
} as const;

/** The name of a peer. */
export type PeerName = keyof typeof pytorchModes;

type Case = {
  readonly preset: PresetName;
  readonly frames: number;
  /** H and W, pixels. */
  readonly size: number;
  readonly what: 'step' | 'forward';
  /** Clips. */
  readonly batch: number;
  /** Tokens of each clip that are seen. */
  readonly visible: number;
  /** Whether our side is all of `embed`, from clips on the disk to vectors on the disk. Default false. */
  readonly isEmbed?: boolean;
  readonly peers: readonly PeerName[];
};

const videomae = { frames: 16, size: 224, visible: 160, what: 'step' } as const;
/** Ten frames of 16 × 16 tokens are seen, ten are to come. */
const future = { frames: 20, size: 64, visible: 10 * 16 * 16, what: 'step', batch: 16 } as const;
const compiled = ['pytorch-eager', 'pytorch-compile'] as const;

const cases: Readonly<Record<string, Case>> = {
  'videomae-s step': { ...videomae, preset: 'vit-small', batch: 4, peers: [...compiled, 'pytorch-bf16'] },
  'videomae-b step': { ...videomae, preset: 'vit-base', batch: 2, peers: ['pytorch-eager'] },
  // A tenth of 8 × 8 × 8 tokens.
  'vit-tiny step': {
    ...{ preset: 'vit-tiny', frames: 16, size: 64, what: 'step', batch: 16, visible: 51 },
    peers: ['pytorch-eager'],
  },
  // The whole clip through the encoder, as `embed` runs it.
  'videomae-s inference': {
    ...{ ...videomae, preset: 'vit-small', what: 'forward', batch: 1, visible: 1568 },
    peers: ['pytorch-eager'],
  },
  // The same through the command.
  'videomae-s embed': {
    ...{ ...videomae, preset: 'vit-small', what: 'forward', batch: 1, visible: 1568, isEmbed: true },
    peers: ['pytorch-eager'],
  },
  'conv-tiny step': { ...future, preset: 'conv-tiny', peers: compiled },
  'conv-small step': { ...future, preset: 'conv-small', peers: compiled },
};

/** The names of all cases. */
export const engineCaseNames = Object.keys(cases);

/** The schema of {@link EngineTask}. */
export const engineTaskSchema = z.object({
  model: modelConfigSchema,
  preset: z.enum(presetNames),
  isEmbed: z.boolean(),
  what: z.enum(['step', 'forward']),
  batch: z.int().min(1),
  visible: z.int().min(1),
  /** Threads of one operation. */
  threads: z.int().min(1),
  /** A round repeats the run for at least this long, and answers with the shortest. */
  roundSeconds: z.number().min(0),
});

/** What a side is told to run. */
export type EngineTask = Omit<Readonly<z.infer<typeof engineTaskSchema>>, 'model'> & { readonly model: ModelConfig };

/** Long enough that short steps follow one another as in training, and are not each the first after a pause. */
const roundSeconds = 1;

/** A case by name. @throws {RangeError} where there is none. */
export function findEngineCase(name: string): { readonly task: EngineTask; readonly peers: readonly PeerName[] } {
  const found = cases[name];
  if (found === undefined) throw new RangeError(`there is no case ${name}`);
  const { preset, frames, size, what, batch, visible, peers, isEmbed = false } = found;
  const model = resolvePreset(preset, { frames, height: size, width: size, channels: 3 });
  return {
    task: { model, preset, isEmbed, what, batch, visible, threads: availableParallelism(), roundSeconds },
    peers,
  };
}
