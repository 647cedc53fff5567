// Owns the classes of many videos by a fine-tuned model. Knows nothing of how it was trained.
import { basename, dirname } from 'node:path';
import { z } from 'zod';
import { checkOptions } from '../clip/check-options.js';
import { checkPlace } from '../clip/check-place.js';
import type { JobControls } from '../clip/job.js';
import { LacunaError } from '../clip/lacuna-error.js';
import type { FailureRecord } from '../dataset/dataset-files.js';
import { writeWhole } from '../dataset/durable-file.js';
import { nameFailures } from '../dataset/name-failures.js';
import { deviceNames } from '../engine/device-names.js';
import { engineNames } from '../engine/engine-names.js';
import { encodeJsonLines } from '../formats/jsonl.js';
import { likeliest } from '../measures/classification-figures.js';
import { loadModel, type LoadOptions } from '../run/load-model.js';
import { readClipBatches } from './clip-batches.js';
import { openClipInputs } from './clip-inputs.js';
import { clipsAtOnce } from './clips-at-once.js';

/** What is classified. */
export type ClassifyOptions = LoadOptions & {
  /** A folder that `finetune` made. */
  readonly model: string;
  /** Video files, folders that are searched for them, and datasets. At least one. */
  readonly inputs: readonly string[];
  /** A `.jsonl` file with a line for each video. Default: none is written. */
  readonly out?: string | undefined;
};

/** What a video is taken for. */
export type ClassifiedVideo = {
  readonly video: string;
  /** The likeliest class, and how likely it is, 0 to 1: the mean over its clips. */
  readonly label: string;
  readonly probability: number;
  /** All classes. */
  readonly probabilities: Readonly<Record<string, number>>;
  /** How many clips there are. */
  readonly clips: number;
};

/** What was found. */
export type ClassifyResult = {
  readonly videos: readonly ClassifiedVideo[];
  /** Videos that could not be read, or not in full. */
  readonly failures: readonly FailureRecord[];
};

const optionsSchema = z.strictObject({
  model: z.string().min(1),
  inputs: z.array(z.string().min(1)).min(1),
  out: z.string().min(1).optional(),
  engine: z.enum(engineNames).optional(),
  device: z.enum(deviceNames).optional(),
  threads: z.int().min(1).max(1024).optional(),
});

/**
 * Classifies each video by the mean over its clips, which follow one another without a gap.
 * @throws {LacunaError} `usage` where the model tells no classes apart; `input` where it or all videos cannot be read.
 */
export async function classify(options: ClassifyOptions, controls: JobControls = {}): Promise<ClassifyResult> {
  const { model: folder, inputs, out, engine, device, threads } = checkOptions(optionsSchema, options, 'classify');
  controls.signal?.throwIfAborted();
  if (out !== undefined) await checkPlace(out);
  const model = await loadModel(folder, { engine, device, threads });
  try {
    const labels = model.config.model.classifier?.labels;
    if (labels === undefined) {
      throw new LacunaError(
        'usage',
        `${folder} fills clips in and tells no classes apart; name a folder that finetune made.`,
      );
    }
    const opened = await openClipInputs(model, inputs, controls.signal);
    const failures: FailureRecord[] = [];
    const sums = new Map<string, { readonly sum: Float64Array; clips: number }>();
    const onFailure = (failure: FailureRecord) => failures.push(failure);
    try {
      for await (const { clips, pixels } of readClipBatches(model, opened, { onFailure }, controls)) {
        const asked = { pixels, clips: clips.length, batch: clipsAtOnce(model.config.model) };
        const probabilities = await model.compute.call('classify', asked, [pixels.buffer]);
        for (const [index, { video }] of clips.entries()) {
          const found = sums.get(video) ?? { sum: new Float64Array(labels.length), clips: 0 };
          sums.set(video, found);
          for (const place of labels.keys()) {
            found.sum[place] = (found.sum[place] ?? 0) + (probabilities[index * labels.length + place] ?? 0);
          }
          found.clips += 1;
        }
      }
    } finally {
      await opened.close();
    }
    if (sums.size === 0) {
      throw new LacunaError('input', `No video could be classified: ${nameFailures(failures)}; name other videos.`);
    }
    const videos = [...sums].map(([video, { sum, clips }]) => describeVideo(video, labels, sum, clips));
    if (out !== undefined) await writeWhole(dirname(out), basename(out), [encodeJsonLines(videos)]);
    return { videos, failures };
  } finally {
    await model.compute.close();
  }
}

function describeVideo(video: string, labels: readonly string[], sum: Float64Array, clips: number): ClassifiedVideo {
  const mean = sum.map((value) => value / clips);
  const best = likeliest(mean);
  return {
    video,
    label: labels[best] ?? '',
    probability: mean[best] ?? NaN,
    probabilities: Object.fromEntries(labels.map((label, place) => [label, mean[place] ?? NaN])),
    clips,
  };
}
