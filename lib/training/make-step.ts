// Owns one step of training: batches and masks of its micro-batches go to the thread that runs the model. Knows nothing of logs
// and checkpoints, nor of the mathematics.
import { availableParallelism } from 'node:os';
import type { Loader, LoaderOptions } from '../dataset/loader.js';
import type { Dataset } from '../dataset/open-dataset.js';
import { parseHide } from '../masking/hide-expression.js';
import { chooseMask, createMaskMix } from '../masking/mask-mix.js';
import { type MaskKey, planMask } from '../masking/plan-mask.js';
import { gridOfModel } from '../model/model-config.js';
import { comparesClips, parseLoss } from '../objectives/loss-expression.js';
import type { Compute, openCompute } from '../run/compute.js';
import { indicesOf, type PlanIndices, wholePlan } from '../run/compute-protocol.js';
import type { Position } from '../run/position.js';
import type { RunConfig } from '../run/run-config.js';
import { classesOfRows } from './row-classes.js';
import { sourcesOfRows } from './row-sources.js';
import { averageDecayAt, learningRateAt } from './schedule.js';

/** What a step came to. */
export type MadeStep = {
  /** By kind of mask: the mean loss of its micro-batches. */
  readonly losses: Readonly<Record<string, number>>;
  /** The mean loss over all micro-batches. */
  readonly loss: number;
  /** L2 norm over all parameters, before clipping. */
  readonly gradientNorm: number;
  readonly learningRate: number;
  /** How long it took, and how much of that was waiting for clips. */
  readonly seconds: number;
  readonly dataSeconds: number;
};

/** Threads that crop and mirror clips for a device that is not the processor, at most. */
const mostLoaderThreads = 4;

/** What a run is fed with, but for the rows. */
export function loaderOptions(config: RunConfig): Omit<LoaderOptions, 'rows'> {
  const { batch, seed, repeat, flip, crop, colour, hue, device } = config;
  // On the processor the threads of the mathematics are there already; another device waits for nothing else.
  const threads = device === 'cpu' ? 1 : Math.max(1, Math.min(mostLoaderThreads, availableParallelism() - 1));
  return { batch, seed, repeat, flip, crop, colour, hue, threads };
}

/** How the thread that trains a run is opened. */
export function computeOptions(config: RunConfig): Parameters<typeof openCompute>[0] {
  const { model, engine, device, threads, average, loss, layerDecay, smoothing } = config;
  const learning = { loss: parseLoss(loss), layerDecay, smoothing };
  return { model, engine, device, threads: threads ?? undefined, averages: average > 0, learning };
}

/** What the optimiser of a run is compiled with. */
export function optimiserOf({ optimizer: name, beta1, beta2, clipNorm, average }: RunConfig) {
  return { name, beta1, beta2, epsilon: 1e-8, clipNorm, movesAverages: average > 0 };
}

/** Whether the loss of a run holds the clips of a batch against each other, and so must know which are of one source. */
export function needsSources({ loss }: Pick<RunConfig, 'loss'>): boolean {
  return comparesClips(parseLoss(loss));
}

/** The mask of a micro-batch: one kind, and a plan for each clip. */
export type BatchPlan = {
  /** What it hides, or the objective where that is nothing. */
  readonly kind: string;
  readonly plans: readonly PlanIndices[];
  /** What other random choices follow from. */
  readonly keys: readonly MaskKey[];
};

/** Plans of a run's micro-batches: each a pure function of the configuration and the number. */
export function createBatchPlanner(
  config: Pick<RunConfig, 'model' | 'seed' | 'hide' | 'weights' | 'objective' | 'batch' | 'score'>,
): (micro: number) => BatchPlan {
  const { model, seed, hide, weights, objective, batch, score } = config;
  const grid = gridOfModel(model);
  const keysOf = (micro: number) => Array.from({ length: batch }, (_, sample) => ({ seed, step: micro, sample }));
  if (hide.length === 0) {
    const plans = new Array<PlanIndices>(batch).fill(wholePlan(grid));
    return (micro) => ({ kind: objective, plans, keys: keysOf(micro) });
  }
  const mix = createMaskMix(hide.map(parseHide), weights);
  return (micro) => {
    const chosen = chooseMask(mix, { seed, step: micro });
    const [expression, kind] = [mix.hides[chosen], hide[chosen]];
    if (expression === undefined || kind === undefined) throw new RangeError(`there is no mask ${chosen}`);
    const keys = keysOf(micro);
    return { kind, keys, plans: keys.map((key) => indicesOf(planMask(expression, grid, key, { score }))) };
  };
}

/**
 * Steps of a run. Micro-batch `m` of step `s` is number `s · accumulate + m`: of the loader's batches, of the masks, and of the
 * choices among them. Where a loss or the norm is no number, nothing is changed.
 */
export function createStepMaker(
  config: RunConfig,
  dataset: Pick<Dataset, 'clips'>,
  loader: Loader,
  { call }: Pick<Compute, 'call'>,
): (position: Position, progress: number) => Promise<MadeStep> {
  const { objective, accumulate, weightDecay, model } = config;
  const plan = createBatchPlanner(config);
  const optimiser = optimiserOf(config);
  const isCompared = needsSources(config);
  return async ({ step, falls }, progress) => {
    const started = performance.now();
    let dataSeconds = 0;
    const load = async (micro: number) => {
      const asked = performance.now();
      const { pixels, rows } = await loader.load(micro);
      dataSeconds += (performance.now() - asked) / 1000;
      const sources = isCompared ? sourcesOfRows(dataset, rows) : undefined;
      return { pixels, ...plan(micro), classes: classesOfRows(model, dataset, rows), sources };
    };
    // Each time that the run went back, it goes on at half the rate.
    const learningRate = learningRateAt(config, step, progress) * 0.5 ** falls;
    const averageDecay = averageDecayAt(config.average, step);
    const rates = { learningRate, weightDecay, step: step + 1, averageDecay };
    const found: { readonly kind: string; readonly loss: number }[] = [];
    const end = (gradientNorm: number): MadeStep => ({
      ...summarise(found),
      ...{ gradientNorm, learningRate, dataSeconds, seconds: (performance.now() - started) / 1000 },
    });
    if (accumulate === 1) {
      const { pixels, kind, ...masks } = await load(step);
      const made = await call('step', { objective, optimiser, pixels, ...masks, rates }, [pixels.buffer]);
      loader.giveBack(made.pixels);
      found.push({ kind, loss: made.report.loss });
      return end(made.report.gradientNorm);
    }
    for (let index = 0; index < accumulate; index++) {
      const { pixels, kind, ...masks } = await load(step * accumulate + index);
      const share = { weight: 1 / accumulate, begins: index === 0 };
      const made = await call('accumulate', { objective, pixels, ...masks, ...share }, [pixels.buffer]);
      loader.giveBack(made.pixels);
      found.push({ kind, loss: made.loss });
      if (!Number.isFinite(made.loss)) return end(NaN);
    }
    return end((await call('apply', { optimiser, rates })).gradientNorm);
  };
}

function summarise(
  found: readonly { readonly kind: string; readonly loss: number }[],
): Pick<MadeStep, 'losses' | 'loss'> {
  const meanOf = (values: readonly { readonly loss: number }[]) =>
    values.reduce((sum, { loss }) => sum + loss, 0) / values.length;
  const kinds = [...new Set(found.map(({ kind }) => kind))];
  const losses = kinds.map((kind) => [kind, meanOf(found.filter((one) => one.kind === kind))] as const);
  return { losses: Object.fromEntries(losses), loss: meanOf(found) };
}
