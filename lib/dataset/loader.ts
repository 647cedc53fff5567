// Owns the endless sequence of training batches and reading ahead in it. Knows nothing of models.
import { clipLength } from '../clip/clip.js';
import { flipClip } from '../clip/flip-clip.js';
import { createRandom } from '../clip/random.js';
import type { Dataset } from './open-dataset.js';

/** What is loaded. */
export type LoaderOptions = {
  /** The rows of the dataset that are gone through, at least one. */
  readonly rows: Int32Array;
  /** B, clips of a batch, at least 1. */
  readonly batch: number;
  /** Decides the order in each epoch. */
  readonly seed: number;
  /** Mirror every second clip, drawn at random from (seed, step, place), left to right. Default false. */
  readonly flip?: boolean;
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
  /** The batch of one step, from 0, and begins to read the next one. One call at a time. */
  readonly load: (step: number) => Promise<Batch>;
  /** Waits until nothing is being read any more. The dataset stays open. */
  readonly close: () => Promise<void>;
};

/** One in the caller's hands, one that it may still be looking at, one that is being read into. */
const buffers = 3;

/**
 * Batch `b` takes the positions `b·B` to `(b+1)·B − 1` of an endless sequence in which each epoch goes through all rows
 * once, in an order drawn from (seed, epoch); so the end of one epoch and the start of the next can share a batch, and a
 * run that is resumed needs only its step number.
 * @throws {RangeError} where there are no rows, one is not in the dataset, or the batch is not a whole number from 1.
 */
export function createLoader(
  dataset: Pick<Dataset, 'clips' | 'shape' | 'readClips'>,
  { rows, batch, seed, flip = false }: LoaderOptions,
): Loader {
  if (!Number.isSafeInteger(batch) || batch < 1)
    throw new RangeError(`batch must be a whole number from 1, got ${batch}`);
  if (rows.length === 0) throw new RangeError('rows must not be empty');
  const wrong = rows.find((row) => row < 0 || row >= dataset.clips.length);
  if (wrong !== undefined) throw new RangeError(`rows must be below ${dataset.clips.length}, got ${wrong}`);

  const batchBytes = batch * clipLength(dataset.shape);
  const orderOf = createEpochOrders(rows, seed);
  const rowsOf = (step: number): Int32Array => {
    if (!Number.isSafeInteger(step) || step < 0)
      throw new RangeError(`step must be a whole number from 0, got ${step}`);
    return Int32Array.from({ length: batch }, (_, place) => {
      const position = step * batch + place;
      return orderOf(Math.floor(position / rows.length))[position % rows.length] ?? 0;
    });
  };

  const pool: Uint8Array<ArrayBuffer>[] = [];
  const takeBuffer = (): Uint8Array<ArrayBuffer> => {
    const oldest = pool.length < buffers ? undefined : pool.shift();
    // One that was handed on to another thread has no memory left.
    const buffer = oldest?.length === batchBytes ? oldest : new Uint8Array(batchBytes);
    pool.push(buffer);
    return buffer;
  };
  const read = async (step: number): Promise<Batch> => {
    const batchRows = rowsOf(step);
    const pixels = takeBuffer();
    await dataset.readClips(batchRows, pixels);
    if (flip) {
      const random = createRandom(seed, 'flip', step);
      const length = clipLength(dataset.shape);
      for (let place = 0; place < batch; place++) {
        if (random.integer(2) === 1) flipClip(pixels.subarray(place * length, (place + 1) * length), dataset.shape);
      }
    }
    return { pixels, rows: batchRows };
  };

  let ahead: { readonly step: number; readonly batch: Promise<Batch> } | undefined;
  const settle = async (): Promise<void> => {
    await ahead?.batch.catch(() => undefined);
    ahead = undefined;
  };
  return {
    rowsOf,
    async load(step) {
      if (ahead?.step !== step) await settle();
      const begun = ahead?.batch;
      ahead = undefined;
      const loaded = await (begun ?? read(step));
      const next = read(step + 1);
      // What goes wrong there is thrown by the call that asks for it.
      next.catch(() => undefined);
      ahead = { step: step + 1, batch: next };
      return loaded;
    },
    close: settle,
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
