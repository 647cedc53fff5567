// Owns where each parameter stands in a flat arena. Knows nothing of what the parameters mean.

/** One parameter of a model. */
export type ParameterSpec = {
  /** As in the weights file. */
  readonly name: string;
  readonly shape: readonly number[];
  /** Whether weight decay applies to it; by custom not to biases, norms and tokens. */
  readonly decay: boolean;
  /** What the learning rate is multiplied with for it, from 0, such as layer-wise decay gives. Default 1. */
  readonly rate?: number;
  /** Whether it is the matrix `[O, …]` of a layer that is neither the first nor the last one. Default false. */
  readonly inner?: boolean;
};

/** A parameter's place in the arena. */
export type ParameterPlace = ParameterSpec & { readonly offset: number; readonly length: number };

/** A contiguous part of the arena whose parameters are updated alike, in one go. */
export type ParameterGroup = {
  readonly decay: boolean;
  readonly rate: number;
  readonly offset: number;
  readonly length: number;
  /** O and all other sizes together, where the group is one inner matrix. */
  readonly matrix?: readonly [rows: number, columns: number];
};

/** The whole arena. */
export type ParameterLayout = {
  /** In the order of the arena. */
  readonly places: readonly ParameterPlace[];
  readonly groups: readonly ParameterGroup[];
  /** How many float32 values there are. */
  readonly length: number;
};

/** A parameter of so many values is a group of its own: its update finds its gradient in the cache, where it was just made. */
const leastOfOwnGroup = 2 ** 14;

/**
 * Places parameters one behind the other, those that decay first, and among them those of the same rate together, in the given
 * order. Large parameters and inner matrices are groups of their own; others share one with their neighbours.
 * @throws {RangeError} where two have the same name, or a rate is below 0.
 */
export function layOutParameters(specs: readonly ParameterSpec[]): ParameterLayout {
  const names = new Set<string>();
  for (const { name, rate = 1 } of specs) {
    if (names.has(name)) throw new RangeError(`there are two parameters ${name}`);
    names.add(name);
    if (!(rate >= 0)) throw new RangeError(`the rate of ${name} must be at least 0, got ${rate}`);
  }
  const places: ParameterPlace[] = [];
  const groups: ParameterGroup[] = [];
  let offset = 0;
  const kinds = [true, false].flatMap((decay) => {
    const alike = specs.filter((spec) => spec.decay === decay);
    return [...new Set(alike.map(({ rate = 1 }) => rate))].map((rate) => ({ decay, rate }));
  });
  for (const { decay, rate } of kinds) {
    // Where the next group begins.
    let start = offset;
    const close = (group: Pick<ParameterGroup, 'matrix'> = {}) => {
      if (offset > start) groups.push({ decay, rate, offset: start, length: offset - start, ...group });
      start = offset;
    };
    for (const spec of specs.filter((candidate) => candidate.decay === decay && (candidate.rate ?? 1) === rate)) {
      const length = countElements(spec.shape);
      const isAlone = spec.inner === true || length >= leastOfOwnGroup;
      if (isAlone) close();
      places.push({ ...spec, offset, length });
      offset += length;
      const [rows = 1] = spec.shape;
      if (isAlone) close(spec.inner === true ? { matrix: [rows, length / rows] } : {});
    }
    close();
  }
  return { places, groups, length: offset };
}

/** The places of a group, in order. */
export function placesOf(layout: ParameterLayout, group: ParameterGroup): readonly ParameterPlace[] {
  return layout.places.filter((place) => place.offset >= group.offset && place.offset < group.offset + group.length);
}

/**
 * Whether a state's layout is what a program expects.
 * @throws {RangeError} where it is not; it names the first parameter that differs.
 */
export function checkSameLayout(state: ParameterLayout, program: ParameterLayout): void {
  if (state === program) return;
  for (let index = 0; index < Math.max(state.places.length, program.places.length); index++) {
    const [mine, wanted] = [describePlace(state.places[index]), describePlace(program.places[index])];
    if (mine !== wanted) throw new RangeError(`the state has ${mine} where the program has ${wanted}`);
  }
}

function describePlace(place: ParameterPlace | undefined): string {
  if (place === undefined) return 'no parameter';
  return `${place.name} [${place.shape.join(', ')}]${place.decay ? '' : ' without decay'}`;
}

/** How many values a shape holds. */
export function countElements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
