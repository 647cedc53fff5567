// Owns which frames of a video become which clips. Knows nothing of files.

/** How a video is cut. */
export type Cut = {
  /** T, frames of a clip. */
  readonly frames: number;
  /** From one frame of a clip to the next. */
  readonly stride: number;
  /** From the start of one clip to the start of the next. */
  readonly hop: number;
};

/** A clip and where it began. */
export type CutClip = {
  /** The video's frame that is its first, from 0. */
  readonly startFrame: number;
  /** `uint8 [T, H, W, C]`, in memory of its own. */
  readonly pixels: Uint8Array;
};

/** Seconds from a video's first frame to the start of a clip, in a video that is read from `startSeconds` on. */
export function secondsOfClip(
  startFrame: number,
  { fps, startSeconds = 0 }: { readonly fps: number; readonly startSeconds?: number | undefined },
): number {
  return startSeconds + startFrame / fps;
}

/** The frames of a video that a clip reaches over, from its first to its last. */
export function clipSpan({ frames, stride }: Cut): number {
  return (frames - 1) * stride + 1;
}

/** How many whole clips so many frames give. */
export function countClips(frames: number, cut: Cut): number {
  return Math.max(0, Math.floor((frames - clipSpan(cut)) / cut.hop) + 1);
}

/**
 * Yields each whole clip as soon as its last frame has come; what is left over is dropped. Returns how many frames came.
 * What `frames` throws is thrown after the clips that were whole by then.
 */
export async function* cutClips(
  frames: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  cut: Cut,
): AsyncGenerator<CutClip, number> {
  const begun: CutClip[] = [];
  let frameIndex = 0;
  for await (const frame of frames) {
    if (frameIndex % cut.hop === 0) {
      begun.push({ startFrame: frameIndex, pixels: new Uint8Array(cut.frames * frame.length) });
    }
    for (const { startFrame, pixels } of begun) {
      const offset = frameIndex - startFrame;
      if (offset % cut.stride === 0) pixels.set(frame, (offset / cut.stride) * frame.length);
    }
    frameIndex += 1;
    const [first] = begun;
    if (first !== undefined && frameIndex - first.startFrame === clipSpan(cut)) {
      begun.shift();
      yield first;
    }
  }
  return frameIndex;
}
