// Owns which lines are about a clip: those whose window holds every frame of it. Knows nothing of files.
import { roundingSeconds } from '../video/decode-graph.js';
import { clipSpan, type Cut } from './cut-clips.js';
import type { ClipLabels } from './dataset-files.js';
import type { FrameWindow, LabelLine } from './label-lines.js';

/** What is known of one video. */
export type VideoLabels = {
  readonly group?: string;
  /** No frame has two labels or two splits in them. */
  readonly lines: readonly LabelLine[];
};

/** How a video was read. */
export type ReadRate = Cut & {
  /** Frames a second that it was read at. */
  readonly fps: number;
  /** Frames a second of the file, on average; needed where a line has a window. */
  readonly sourceFps: number | undefined;
};

/** Whether the lines cannot be used without the file's own rate. */
export function hasWindows({ lines }: VideoLabels): boolean {
  return lines.some(({ window }) => window !== undefined);
}

/** What is known of the clip that begins so many frames after the file does, counted at `fps`. Without the file's rate no window holds it. */
export function labelsOfClip({ group, lines }: VideoLabels, startFrame: number, rate: ReadRate): ClipLabels {
  const about = lines.filter(({ window }) => window === undefined || holdsClip(window, startFrame, rate));
  const label = about.find((line) => line.label !== undefined)?.label;
  const split = about.find((line) => line.split !== undefined)?.split;
  return { ...(label && { label }), ...(group && { group }), ...(split && { split }) };
}

function holdsClip({ startFrame, numFrames }: FrameWindow, clipStart: number, rate: ReadRate): boolean {
  const { fps, sourceFps } = rate;
  if (sourceFps === undefined) return false;
  const first = sourceFrameAt(clipStart, fps, sourceFps);
  const last = sourceFrameAt(clipStart + clipSpan(rate) - 1, fps, sourceFps);
  return startFrame <= first && last < startFrame + numFrames;
}

/** Below the precision of the rates and above that of the arithmetic. */
const tolerance = 1e-6;

/** The frame of the file that is shown as a frame at another rate: the last one that begins by then. */
export function sourceFrameAt(frame: number, fps: number, sourceFps: number): number {
  return Math.floor((frame / fps + roundingSeconds) * sourceFps + tolerance);
}

/**
 * The rate that ffmpeg's two decimals stand for: near to 1000/1001 of a whole rate it is that one, as of NTSC (23.98,
 * 29.97, 59.94).
 */
export function exactRate(printed: number): number {
  const ntsc = (Math.round((printed * 1001) / 1000) * 1000) / 1001;
  return !Number.isInteger(printed) && Math.abs(ntsc - printed) <= 0.005 ? ntsc : printed;
}
