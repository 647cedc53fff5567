// Owns the endless sequence of training batches and reading ahead in it. Knows nothing of models.
import { clipLength } from '../clip/clip.js';
import { isAugmented } from '../clip/draw-augmentation.js';
import { createRandom } from '../clip/random.js';
import type { AugmentTask } from './augment-protocol.js';
import { type AugmentThread, openAugmentThread } from './augment-thread.js';
import type { Dataset } from './open-dataset.js';

/** What is loaded. */
export type LoaderOptions = {
  /** The rows of the dataset that are gone through, at least one. */
  readonly rows: Int32Array;
  /** B, clips of a batch, at least 1. */
  readonly batch: number;
  /** Decides the order in each epoch, and how each clip is changed. */
  readonly seed: number;
  /** How many clips of a batch, one beside the other, come from one row, each changed in its own way; divides `batch`. Default 1. */
  readonly repeat?: number;
  /** Mirror every second clip, drawn at random from (seed, step, place), left to right. Default false. */
  readonly flip?: boolean;
  /** The least part of a picture's area that is cut out and brought to the full size, above 0. Default 1: nothing is cut out. */
  readonly crop?: number;
  /** How far brightness, contrast and saturation may lie from 1, from 0 to 1. Default 0: they are left alone. */
  readonly colour?: number;
  /** How far hues may be turned, in parts of the whole circle, from 0 to a half. Default 0: they are left alone. */
  readonly hue?: number;
  /** Threads that change clips, where there is anything to change, at least 1. They do not change what comes out. Default 1. */
  readonly threads?: number;
};

/** One batch. */
export type Batch = {
  /** `uint8 [B, T, H, W, C]`. The memory is used again by the next call of `load` but one. */
  readonly pixels: Uint8Array<ArrayBuffer>;
  /** The dataset's row of each clip. */
  readonly rows: Int32Array;
};

/** Loads batches by step number. */
export type Loader = {
  /** The rows of one step: a pure function of the seed and the step. */
  readonly rowsOf: (step: number) => Int32Array;
  /** The batch of one step, from 0, and begins with the next ones. One call at a time. */
  readonly load: (step: number) => Promise<Batch>;
  /**
   * Takes memory back that was handed on to another thread, to be used again by a later `load`; without it every batch takes new
   * memory. Of another length than a batch, it is left alone.
   */
  readonly giveBack: (pixels: Uint8Array<ArrayBuffer>) => void;
  /** Ends what is being read and the threads, and waits for it. The dataset stays open. */
  readonly close: () => Promise<void>;
};

/** Batches in the caller's hands: the one that was asked for, and the one before. */
const givenBatches = 2;
/** Bytes of batches that are made ahead; one always is. */
const bytesAhead = 256 * 2 ** 20;

/**
 * With `m = B ÷ repeat`, batch `b` takes the positions `b·m` to `(b+1)·m − 1` of an endless sequence in which each epoch goes
 * through all rows once, in an order drawn from (seed, epoch); so the end of one epoch and the start of the next can share a
 * batch, and a run that is resumed needs only its step number. The clips that come from one row stand side by side in a batch
 * (Hoffer et al. 2020, section 3): they are read once.
 * @throws {RangeError} where there are no rows, one is not in the dataset, the batch is not a whole number from 1, or `repeat`
 * does not divide it.
 */
export function createLoader(
  dataset: Pick<Dataset, 'clips' | 'shape' | 'readClips'>,
  { rows, batch, seed, repeat = 1, flip = false, crop = 1, colour = 0, hue = 0, threads = 1 }: LoaderOptions,
): Loader {
  if (!Number.isSafeInteger(batch) || batch < 1)
    throw new RangeError(`batch must be a whole number from 1, got ${batch}`);
  if (!Number.isSafeInteger(repeat) || repeat < 1 || batch % repeat !== 0)
    throw new RangeError(`repeat must be a whole number from 1 that divides the batch of ${batch}, got ${repeat}`);
  if (rows.length === 0) throw new RangeError('rows must not be empty');
  const wrong = rows.find((row) => row < 0 || row >= dataset.clips.length);
  if (wrong !== undefined) throw new RangeError(`rows must be below ${dataset.clips.length}, got ${wrong}`);

  const samples = batch / repeat;
  const sampleBytes = samples * clipLength(dataset.shape);
  const batchBytes = batch * clipLength(dataset.shape);
  const orderOf = createEpochOrders(rows, seed);
  const samplesOf = (step: number): Int32Array => {
    if (!Number.isSafeInteger(step) || step < 0)
      throw new RangeError(`step must be a whole number from 0, got ${step}`);
    return Int32Array.from({ length: samples }, (_, sample) => {
      const position = step * samples + sample;
      return orderOf(Math.floor(position / rows.length))[position % rows.length] ?? 0;
    });
  };

  const free: Uint8Array<ArrayBuffer>[] = [];
  const given: Uint8Array<ArrayBuffer>[] = [];
  const release = (pixels: Uint8Array<ArrayBuffer> | undefined): void => {
    // Memory that was handed on to another thread is gone.
    if (pixels?.length === batchBytes) free.push(pixels);
  };
  const isChanged = repeat > 1 || isAugmented({ flip, crop, colour, hue });
  const changers = createThreads(threads, { shape: dataset.shape, batch, repeat, seed, flip, crop, colour, hue });
  const make = async (step: number): Promise<Batch> => {
    const read = samplesOf(step);
    const pixels = free.pop() ?? new Uint8Array(batchBytes);
    await dataset.readClips(read, pixels.subarray(0, sampleBytes), closing.signal);
    return {
      pixels: isChanged ? await changers.of(step).augment(step, pixels) : pixels,
      rows: repeatEach(read, repeat),
    };
  };

  let closing = new AbortController();
  const begun = new Map<number, Promise<Batch>>();
  const stepsAhead = Math.max(1, Math.min(threads + 1, Math.floor(bytesAhead / batchBytes)));
  const begin = (step: number): Promise<Batch> => {
    const made = make(step);
    // What goes wrong there is thrown by the call that asks for it.
    made.catch(() => undefined);
    begun.set(step, made);
    return made;
  };
  /** Ends what was begun and is not wanted. */
  const drop = async (isWanted: (step: number) => boolean): Promise<void> => {
    for (const [step, made] of begun) {
      if (isWanted(step)) continue;
      begun.delete(step);
      release(
        await made.then(
          ({ pixels }) => pixels,
          () => undefined,
        ),
      );
    }
  };
  return {
    rowsOf: (step) => repeatEach(samplesOf(step), repeat),
    async load(step) {
      await drop((other) => other >= step && other <= step + stepsAhead);
      const made = begun.get(step) ?? begin(step);
      begun.delete(step);
      const batch = await made;
      given.push(batch.pixels);
      while (given.length > givenBatches) release(given.shift());
      for (let next = step + 1; next <= step + stepsAhead; next++) if (!begun.has(next)) void begin(next);
      return batch;
    },
    giveBack: release,
    async close() {
      closing.abort(new Error('the loader was closed'));
      closing = new AbortController();
      await drop(() => false);
      await changers.close();
    },
  };
}

/** Each row so many times, one beside the other. */
function repeatEach(rows: Int32Array, repeat: number): Int32Array {
  return Int32Array.from({ length: rows.length * repeat }, (_, place) => rows[Math.floor(place / repeat)] ?? 0);
}

/** Threads that are started when they are first needed and take the steps in turn. */
function createThreads(
  count: number,
  task: AugmentTask,
): { readonly of: (step: number) => AugmentThread; readonly close: () => Promise<void> } {
  const threads = new Map<number, AugmentThread>();
  return {
    of(step) {
      const thread = threads.get(step % count) ?? openAugmentThread(task);
      threads.set(step % count, thread);
      return thread;
    },
    async close() {
      await Promise.all([...threads.values()].map((thread) => thread.close()));
      threads.clear();
    },
  };
}

/** The order of each epoch; the last two are kept, since one batch may lie in both. */
function createEpochOrders(rows: Int32Array, seed: number): (epoch: number) => Int32Array {
  const known = new Map<number, Int32Array>();
  return (epoch) => {
    const order = known.get(epoch) ?? createRandom(seed, 'shuffle', epoch).shuffle(rows.slice());
    known.delete(epoch);
    known.set(epoch, order);
    for (const oldest of known.keys()) {
      if (known.size <= 2) break;
      known.delete(oldest);
    }
    return order;
  };
}
