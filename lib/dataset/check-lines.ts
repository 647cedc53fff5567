// Owns the check that the lines of a CSV file do not contradict each other. Knows nothing of clips.
import { LacunaError } from '../clip/lacuna-error.js';
import type { LabelLine } from './label-lines.js';

/**
 * Checks the lines of one video: all that name a group must name the same; no frame may have two labels or two splits.
 * @param path the file that they are of, for the message
 * @throws {LacunaError} `input` where two lines contradict, with both.
 */
export function checkLines(path: string, lines: readonly LabelLine[]): void {
  const inTime = [...lines].sort((left, right) => startOf(left) - startOf(right));
  checkField(path, 'group', inTime, () => true);
  for (const field of ['label', 'split'] as const) {
    checkField(path, field, inTime, (earlier, later) => endOf(earlier) > startOf(later));
  }
}

/** The lines in the order of their starts. */
function checkField(
  path: string,
  field: 'label' | 'group' | 'split',
  lines: readonly LabelLine[],
  mayNotDiffer: (earlier: LabelLine, later: LabelLine) => boolean,
): void {
  // While there was no contradiction, only the line that reaches furthest can contradict the next.
  let furthest: LabelLine | undefined;
  for (const line of lines) {
    if (line[field] === undefined) continue;
    if (furthest && furthest[field] !== line[field] && mayNotDiffer(furthest, line)) {
      throw contradiction(path, field, furthest, line);
    }
    if (furthest === undefined || endOf(line) > endOf(furthest)) furthest = line;
  }
}

function contradiction(
  path: string,
  field: 'label' | 'group' | 'split',
  ...pair: readonly [LabelLine, LabelLine]
): LacunaError {
  const [first, second] = pair.toSorted((left, right) => left.line - right.line);
  return new LacunaError(
    'input',
    `Lines ${first?.line} and ${second?.line} of ${path} contradict each other: they give ${second?.file} the ${field}s ${first?.[field]} and ${second?.[field]}; take one away.`,
  );
}

function startOf({ window }: LabelLine): number {
  return window?.startFrame ?? 0;
}

function endOf({ window }: LabelLine): number {
  return window ? window.startFrame + window.numFrames : Infinity;
}
