// Owns reading any clip of an index out of its video, exactly as it was when it was indexed. Knows nothing of batches and their order.
import { availableParallelism } from 'node:os';
import { LacunaError } from '../clip/lacuna-error.js';
import { decodeVideo } from '../video/decode.js';
import { checkOf, type IndexedVideo } from './clip-index.js';
import { clipSpan } from './cut-clips.js';
import type { ClipOptions, ClipRecord } from './dataset-files.js';
import { decodeOptionsOf } from './read-video.js';

/** Reads clips out of videos, several calls at once. */
export type StreamReader = {
  /**
   * One clip, `uint8 [T, H, W, C]`, into memory of just that length.
   * @throws {LacunaError} `input` where the video is gone or does not give this clip any more.
   */
  readonly readClip: (row: number, into: Uint8Array, signal?: AbortSignal) => Promise<void>;
  /** Ends the decoders. Nothing can be read afterwards. */
  readonly close: () => Promise<void>;
};

/**
 * Seeks to a clip and compares its checksum; where seeking in a file is not exact, it is decoded from its start. As many decoders
 * as there are cores work at once, first come, first served.
 */
export function createStreamReader(
  videos: readonly IndexedVideo[],
  clips: readonly ClipRecord[],
  options: ClipOptions,
): StreamReader {
  const sources = new Map(videos.map((video) => [video.video, video]));
  const checks = checksOfRows(sources, clips);
  /** Rows that seeking does not find. */
  const unsound = new Set<number>();
  const closing = new AbortController();
  const inTurn = createTurns(availableParallelism());

  const decode = async (
    path: string,
    clipSeconds: number,
    startSeconds: number,
    into: Uint8Array,
    signal: AbortSignal,
  ): Promise<void> => {
    const { size, fps, fit, grey, frames: count, stride } = options;
    const frameBytes = into.length / count;
    const frames = decodeVideo(path, decodeOptionsOf({ size, fps, fit, grey, startSeconds }), { signal });
    let frame = Math.round((startSeconds - clipSeconds) * fps);
    for await (const pixels of frames) {
      if (frame >= 0 && frame % stride === 0) into.set(pixels, (frame / stride) * frameBytes);
      frame += 1;
      if (frame === clipSpan(options)) return;
    }
  };
  return {
    readClip: (row, into, stop) =>
      inTurn(async () => {
        const record = clips[row];
        const source = record && sources.get(record.video);
        if (!record || !source)
          throw new RangeError(`row must be a whole number from 0 to ${clips.length - 1}, got ${row}`);
        const { startSeconds: firstSeconds = 0 } = options;
        const signal = stop ? AbortSignal.any([closing.signal, stop]) : closing.signal;
        let cause: unknown;
        for (const startSeconds of unsound.has(row) ? [firstSeconds] : [record.startSeconds, firstSeconds]) {
          signal.throwIfAborted();
          try {
            await decode(source.path, record.startSeconds, startSeconds, into, signal);
            if (checkOf(into) === checks[row]) return;
          } catch (error) {
            if (!(error instanceof LacunaError)) throw error;
            cause = error;
          }
          unsound.add(row);
        }
        throw new LacunaError(
          'input',
          `${source.path} does not give the clip at ${record.startSeconds} s any more that was found there; put the file back, ` +
            'or begin a new run.',
          { cause },
        );
      }),
    async close() {
      closing.abort(new Error('the videos were used after they were closed'));
      await inTurn.settled();
    },
  };
}

/** The checksum of each row: a video's clips stand in the list in the order of its checksums. */
function checksOfRows(sources: ReadonlyMap<string, IndexedVideo>, clips: readonly ClipRecord[]): Float64Array {
  const seen = new Map<string, number>();
  return Float64Array.from(clips, ({ video }) => {
    const place = seen.get(video) ?? 0;
    seen.set(video, place + 1);
    return sources.get(video)?.checks[place] ?? Number.NaN;
  });
}

type Turns = {
  (work: () => Promise<void>): Promise<void>;
  readonly settled: () => Promise<void>;
};

/** At most so many pieces of work at once, the others in the order in which they came. */
function createTurns(most: number): Turns {
  const waiting: (() => void)[] = [];
  const begun = new Set<Promise<void>>();
  let working = 0;
  const take = async (work: () => Promise<void>): Promise<void> => {
    if (working < most) working += 1;
    else await new Promise<void>((go) => waiting.push(go));
    try {
      await work();
    } finally {
      // The place goes on to the next one.
      const next = waiting.shift();
      if (next) next();
      else working -= 1;
    }
  };
  const begin = (work: () => Promise<void>): Promise<void> => {
    const done = take(work).finally(() => begun.delete(done));
    begun.add(done);
    return done;
  };
  return Object.assign(begin, {
    settled: async () => {
      await Promise.allSettled(begun);
    },
  });
}
