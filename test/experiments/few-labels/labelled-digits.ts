// Owns datasets of one moving digit with labels: which digit it is, or which way it sets out. Knows nothing of what learns from them.
import { mkdir } from 'node:fs/promises';
import { clipLength } from '../../../dist/clip/clip.js';
import { openDatasetWriter } from '../../../dist/dataset/dataset-writer.js';
import { readDigits } from '../moving-mnist/digits.js';
import { clipShapeOfWorld, drawClip, type DrawnObject, worlds } from '../moving-mnist/draw-clip.js';

/** What the label says. */
export type DigitLabel = 'digit' | 'direction';

const world = worlds['one digit'];
const fps = 10;
const shardClips = 256;

/** The eight ways, of 45° each; the first is around the right. */
const directions = ['E', 'SE', 'S', 'SW', 'W', 'NW', 'N', 'NE'] as const;

/**
 * Writes a dataset of so many clips, each a video of its own; the digits of the test are others.
 * @param folder that does not exist yet
 */
export async function writeLabelledDigits(
  folder: string,
  label: DigitLabel,
  amounts: { readonly train: number; readonly test: number; readonly unlabelled: number },
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const digits = await readDigits();
  const shape = clipShapeOfWorld(world);
  const { frames, height: size } = shape;
  const writer = await openDatasetWriter(
    folder,
    { size, fps, frames, stride: 1, hop: frames, fit: 'stretch', grey: true, shardClips, labels: label },
    ['none: drawn clips'],
    { kept: { clips: 0, clipsBytes: 0, failuresBytes: 0 } },
  );
  try {
    const clip = new Uint8Array(clipLength(shape));
    for (const part of ['train', 'test', 'unlabelled'] as const) {
      const split: 'train' | 'test' = part === 'test' ? 'test' : 'train';
      for (let row = 0; row < amounts[part]; row++) {
        const [drawn] = drawClip(world, digits[split], { seed: 0, purpose: `one digit ${part}`, row }, clip);
        if (drawn === undefined) throw new Error('a clip of one digit shows none');
        const video = `${part}-${String(row).padStart(5, '0')}`;
        const own = { ...(part !== 'unlabelled' && { label: labelOf(label, drawn, digits.classes[split]) }), split };
        await writer.addClip({ video, startSeconds: 0, ...own }, clip);
        await writer.endVideo();
      }
    }
    await writer.finish();
  } finally {
    await writer.close();
  }
}

function labelOf(label: DigitLabel, { digit, angle }: DrawnObject, classes: Uint8Array): string {
  if (label === 'digit') return String(classes[digit]);
  return directions[Math.round((angle / (2 * Math.PI)) * directions.length) % directions.length] ?? '';
}
