// Owns the model that a program holds: it fills clips in and embeds them until it is closed. Knows nothing of either.
import { z } from 'zod';
import { checkOptions } from '../clip/check-options.js';
import type { JobControls } from '../clip/job.js';
import { deviceNames } from '../engine/device-names.js';
import { engineNames } from '../engine/engine-names.js';
import { predict, type PredictOptions, type Prediction } from '../prediction/predict.js';
import { predictVideo, type PredictVideoOptions, type VideoPrediction } from '../prediction/predict-video.js';
import { type LoadOptions, loadModel } from '../run/load-model.js';
import { type Embedding, type EmbedStreamOptions, embedVideos } from './embed-videos.js';

/** An open model. */
export type TrainedModel = {
  /** Reads one clip of a video, hides a part of it and fills that in. */
  readonly predict: (video: string, options: PredictOptions, controls?: JobControls) => Promise<Prediction>;
  /** Fills in a whole video of any size, rate and length while its frames are read. */
  readonly predictVideo: (
    video: string,
    options: PredictVideoOptions,
    controls?: JobControls,
  ) => Promise<VideoPrediction>;
  /** Yields the representation of each clip of each video. */
  readonly embed: (
    inputs: readonly string[],
    options?: EmbedStreamOptions,
    controls?: JobControls,
  ) => AsyncGenerator<Embedding, void>;
  /** What tells its weights from all others: SHA-256 in hexadecimal. */
  readonly fingerprint: string;
  /** Ends the thread that runs it. */
  readonly close: () => Promise<void>;
};

const optionsSchema = z.strictObject({
  engine: z.enum(engineNames).optional(),
  device: z.enum(deviceNames).optional(),
  threads: z.int().min(1).max(1024).optional(),
});

/**
 * Opens the model of a run folder.
 * @throws {LacunaError} `usage` for an engine that does not exist; `input` where the folder is no run, or its weights are missing or damaged.
 */
export async function openModel(folder: string, options: LoadOptions = {}): Promise<TrainedModel> {
  const model = await loadModel(folder, checkOptions(optionsSchema, options, 'openModel'));
  return {
    predict: (video, what, controls) => predict(model, video, what, controls),
    predictVideo: (video, what, controls) => predictVideo(model, video, what, controls),
    embed: (inputs, what, controls) => embedVideos(model, inputs, what, controls),
    fingerprint: model.fingerprint,
    close: () => model.compute.close(),
  };
}
