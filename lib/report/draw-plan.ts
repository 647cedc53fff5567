// Owns how a mask plan looks: visible, hidden and unused tokens, told apart by brightness and by pattern, so that a grey print shows
// them too. Knows nothing of files.
import type { ClipShape } from '../clip/clip.js';
import { pixelMask } from '../masking/hidden-pixels.js';
import type { MaskPlan } from '../masking/mask-plan.js';

type Colour = readonly [red: number, green: number, blue: number];

/** How tokens that are not visible are drawn: a ground with marks on it. */
type Pattern = {
  readonly ground: Colour;
  readonly mark: Colour;
  /** Whether the pixel of the picture at this place of its frame is part of a mark. */
  readonly isMark: (x: number, y: number) => boolean;
};

const visibleColour: Colour = [232, 234, 238];

/** Edge of a visible token, where there is no frame to look at. */
const edgeColour: Colour = [196, 200, 208];

/** Dark, with diagonal lines. */
const hiddenPattern: Pattern = { ground: [34, 42, 66], mark: [140, 152, 186], isMark: (x, y) => (x + y) % 5 === 0 };

/** Of middle brightness, with light dots. */
const unusedPattern: Pattern = {
  ground: [150, 128, 112],
  mark: [236, 226, 214],
  isMark: (x, y) => x % 4 === 1 && y % 4 === 1,
};

/** How much of a frame shines through where it is not visible. */
const shine = 0.25;

/** Tokens drawn smaller than this, in pixels of the picture, have no edges. */
const leastEdged = 6;

/** The shape of what {@link drawPlan} gives. */
export function drawnShape({ clip }: MaskPlan['grid'], scale: number): ClipShape {
  return { frames: clip.frames, height: clip.height * scale, width: clip.width * scale, channels: 3 };
}

/**
 * A plan as frames, `uint8 [T, H · scale, W · scale, 3]`: over the frames of a clip `uint8 [T, H, W, 3]`, or over nothing.
 * @param scale pixels of the picture for each pixel of the clip, a side; a whole number from 1
 */
export function drawPlan(plan: MaskPlan, scale: number, clip?: Uint8Array): Uint8Array {
  const { height, width } = plan.grid.clip;
  const [hidden, unused] = [pixelMask(plan, 'hidden'), pixelMask(plan, 'unused')];
  const shape = drawnShape(plan.grid, scale);
  const edge = plan.grid.tubelet.size * scale;
  const drawn = new Uint8Array(shape.frames * shape.height * shape.width * 3);
  let offset = 0;
  for (let frame = 0; frame < shape.frames; frame++) {
    for (let y = 0; y < shape.height; y++) {
      for (let x = 0; x < shape.width; x++, offset += 3) {
        const pixel = (frame * height + Math.floor(y / scale)) * width + Math.floor(x / scale);
        const pattern = hidden[pixel] === 1 ? hiddenPattern : unused[pixel] === 1 ? unusedPattern : undefined;
        const isEdge = edge >= leastEdged && (x % edge === edge - 1 || y % edge === edge - 1);
        for (let channel = 0; channel < 3; channel++) {
          const seen = clip?.[pixel * 3 + channel];
          drawn[offset + channel] = valueOf(pattern, seen, channel, isEdge, x, y);
        }
      }
    }
  }
  return drawn;
}

function valueOf(
  pattern: Pattern | undefined,
  seen: number | undefined,
  channel: number,
  isEdge: boolean,
  x: number,
  y: number,
): number {
  if (pattern === undefined) return seen ?? (isEdge ? edgeColour : visibleColour)[channel] ?? 0;
  if (pattern.isMark(x, y)) return pattern.mark[channel] ?? 0;
  const ground = pattern.ground[channel] ?? 0;
  return seen === undefined ? ground : Math.round(ground + shine * (seen - ground));
}
