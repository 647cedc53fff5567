// Owns the training loop: step after step, measured in between, kept on the disk, and back to where it was sound when it has
// diverged. Knows nothing of options and of the mathematics.
import type { JobControls } from '../clip/job.js';
import { LacunaError } from '../clip/lacuna-error.js';
import { createLoader } from '../dataset/loader.js';
import type { Dataset } from '../dataset/open-dataset.js';
import { splitByVideo } from '../dataset/split.js';
import { takeBestModel, writeBestModel } from '../run/best-model.js';
import { type Checkpoint, readCheckpoint, removeLaterCheckpoints, writeCheckpoint } from '../run/checkpoint.js';
import type { Compute } from '../run/compute.js';
import { beginning, type Position } from '../run/position.js';
import { lossKindsOf, type RunConfig } from '../run/run-config.js';
import { writeWeights } from '../run/weights.js';
import { averageIn, watchLosses } from './divergence.js';
import { createStepMaker, loaderOptions, type MadeStep } from './make-step.js';
import { createProgressNote } from './progress-note.js';
import { createTimetable } from './timetable.js';
import { openTrainingLog, type StepMetrics } from './training-log.js';
import { createValidation, meanOfMix, rememberValidation } from './validation.js';
import { watchSteadiness } from './watch-steadiness.js';

/** A run that is open. */
export type OpenRun = {
  readonly folder: string;
  readonly config: RunConfig;
  readonly dataset: Dataset;
  readonly compute: Compute;
  /** Parameters `[P]` that it begins with; nothing where the seed gives them. */
  readonly initial: Float32Array | undefined;
  /** How many of the newest checkpoints stay. */
  readonly keep: number;
};

/** Seconds between checkpoints at least. When they are written changes no weight. */
const checkpointSeconds = 5;

/** And so many times as long as the last one took to write, so that a large model spends its time on learning. */
const checkpointCost = 20;

/** Learning from a clip takes about so many times as long as measuring on it: the way back is twice the way there. */
const costOfLearning = 3;

/** So often a run goes back before it is given up. */
const mostFalls = 1;

/**
 * Trains from a checkpoint, or from the beginning, to the end.
 * @throws {LacunaError} `input` where the checkpoint is of another network, and where the training diverges once more than it may
 * go back.
 */
export async function train(
  run: OpenRun,
  checkpoint: Checkpoint | undefined,
  { signal, onProgress, onNotice }: JobControls,
): Promise<Position> {
  const { folder, config, dataset, compute, keep } = run;
  const { average, accumulate, batch, data, seed, validateEvery } = config;
  const rows = splitByVideo(dataset, { validation: data.validation, seed });
  const loader = createLoader(dataset, { ...loaderOptions(config), rows: rows.train });
  const validation = validateEvery === 0 ? undefined : createValidation(dataset, rows.validation, config, compute);
  const watch = validateEvery === 0 ? undefined : watchSteadiness(dataset, rows.validation, config, compute);
  const clipsOfStep = batch * accumulate;
  const measuredClips = (validation?.clips ?? 0) * lossKindsOf(config).kinds.length + (watch?.clips ?? 0);
  const timetable = createTimetable(
    config,
    rows.train.length / clipsOfStep,
    measuredClips / (costOfLearning * clipsOfStep),
  );
  const makeStep = createStepMaker(config, dataset, loader, compute);
  const describe = createProgressNote(config);
  const machine = { nowSeconds: () => Date.now() / 1000, residentBytes: () => process.memoryUsage.rss() };
  const openLog = (bytes: Position['logBytes']) => openTrainingLog(folder, bytes, machine);

  await restore(run, checkpoint);
  let position = checkpoint === undefined ? beginning : withAnchor(checkpoint.position);
  let log = await openLog(position.logBytes);
  let savedSeconds = position.elapsedSeconds;
  let pauseSeconds = checkpointSeconds;

  const save = async (changes: Partial<Position>, isBest = false): Promise<void> => {
    const started = performance.now();
    position = { ...position, ...changes, logBytes: await log.sync() };
    const state = await compute.call('readState', undefined);
    const model = average > 0 ? (state.averages ?? state.parameters) : state.parameters;
    // In this order: a run that is said to be finished has its weights, and a best step that is said has its model.
    if (isBest) await writeBestModel(folder, config, compute.layout, model);
    if (position.isFinished && hasStopped(config, position)) await takeBestModel(folder);
    else await writeWeights(folder, compute.layout, model);
    await writeCheckpoint(folder, { position, state }, keep);
    savedSeconds = position.elapsedSeconds;
    pauseSeconds = Math.max(checkpointSeconds, (checkpointCost * (performance.now() - started)) / 1000);
  };

  /** Back to the anchor, with half the rate. */
  const fallBack = async (reason: string): Promise<void> => {
    const { anchor = 0, falls, elapsedSeconds } = position;
    if (falls >= mostFalls) throw diverged(folder, reason);
    const sound = anchor === 0 ? undefined : await readCheckpoint(folder, anchor);
    const step = sound?.position.step ?? 0;
    onNotice?.(
      `the training diverged (${reason}); it goes on from step ${step} with half the learning rate, this once`,
    );
    await restore(run, sound);
    position = { ...(sound?.position ?? beginning), anchor: step, falls: falls + 1, elapsedSeconds };
    // In this order: whenever it is killed, the newest checkpoint is one whose part of the logs is whole.
    await removeLaterCheckpoints(folder, step);
    await writeCheckpoint(folder, { position, state: await compute.call('readState', undefined) }, keep);
    await log.close();
    log = await openLog(position.logBytes);
  };

  try {
    while (!position.isFinished && timetable.progress(position) < 1) {
      if (signal?.aborted) {
        await save({});
        signal.throwIfAborted();
      }
      const made = await makeStep(position, timetable.progress(position));
      const { hasDiverged, ...history } = watchLosses(position, made.losses);
      if (hasDiverged || !Number.isFinite(made.gradientNorm)) {
        await fallBack(describeDivergence(position.step + 1, made));
        continue;
      }
      position = {
        ...{ ...position, ...history, step: position.step + 1 },
        elapsedSeconds: position.elapsedSeconds + made.seconds,
        loss: averageIn(position.loss, position.step, made.loss),
      };
      const isDue = timetable.isDue(position);
      const isSound = position.highSteps === 0;
      let measured: Pick<StepMetrics, 'validation' | 'steadiness'> = {};
      let isBest = false;
      if (isDue) {
        const started = performance.now();
        const losses = await validation?.measure();
        const steadiness = await watch?.measure();
        measured = { ...(losses && { validation: losses }), ...(steadiness && { steadiness }) };
        const tookSeconds = (performance.now() - started) / 1000;
        position = { ...position, elapsedSeconds: position.elapsedSeconds + tookSeconds };
        const mean = losses && isSound ? meanOfMix(config, losses) : undefined;
        position = { ...position, validation: rememberValidation(position, mean, tookSeconds) };
        isBest = mean !== undefined && position.validation.sinceBest === 0 && Number.isFinite(mean);
      }
      await log.write(made, position.step, clipsOfStep, measured);
      onProgress?.({
        ...{ unit: 'steps', done: position.step, total: timetable.total(position) },
        note: describe(position, made),
      });
      const hasEnded = timetable.progress(position) >= 1 || hasStopped(config, position);
      if (isDue || hasEnded || position.elapsedSeconds - savedSeconds >= pauseSeconds) {
        const anchor = isDue && isSound ? { anchor: position.step } : {};
        await save({ isFinished: hasEnded, ...anchor }, isBest);
      }
    }
    if (!position.isFinished) await save({ isFinished: true });
    return position;
  } finally {
    await loader.close();
    await log.close();
  }
}

/** Whether a run has ended before its time, since nothing got better. */
export function hasStopped({ patience }: RunConfig, { validation }: Position): boolean {
  return patience !== null && validation.best !== undefined && validation.sinceBest >= patience;
}

/** A run that was made before there were anchors goes back to where it was gone on with. */
function withAnchor(position: Position): Position {
  return { ...position, anchor: position.anchor ?? position.step };
}

/** Brings the thread to a checkpoint, or to the beginning. */
async function restore(
  { folder, config, compute, initial }: OpenRun,
  checkpoint: Checkpoint | undefined,
): Promise<void> {
  const { layout, call } = compute;
  if (checkpoint === undefined) {
    if (initial === undefined) {
      await call('initialise', { seed: config.seed });
      return;
    }
    const moments = new Float32Array(layout.length);
    const averages = config.average > 0 ? { averages: initial } : {};
    await call('writeState', { parameters: initial, moments1: moments, moments2: moments, ...averages });
    return;
  }
  const { length } = checkpoint.state.parameters;
  if (length !== layout.length) {
    throw new LacunaError(
      'input',
      `The checkpoints of ${folder} hold ${length} parameters and the network has ${layout.length}, since another ` +
        'version of Lacuna made them; overwrite the run or name another folder.',
    );
  }
  await call('writeState', checkpoint.state);
}

function describeDivergence(step: number, { loss, gradientNorm }: MadeStep): string {
  if (!Number.isFinite(loss)) return `the loss of step ${step} is ${loss}`;
  if (!Number.isFinite(gradientNorm)) return `the norm of the gradient of step ${step} is ${gradientNorm}`;
  return `the loss had jumped for many steps up to step ${step}, to ${loss.toPrecision(3)}`;
}

function diverged(folder: string, reason: string): LacunaError {
  return new LacunaError(
    'input',
    `The training of ${folder} diverged again at half the rate (${reason}); the last checkpoint is kept, start a new run with a lower --lr.`,
  );
}
