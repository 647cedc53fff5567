// Owns where each parameter stands in a flat arena. Knows nothing of what the parameters mean.

/** One parameter of a model. */
export type ParameterSpec = {
  /** As in the weights file. */
  readonly name: string;
  readonly shape: readonly number[];
  /** Whether weight decay applies to it; by custom not to biases, norms and tokens. */
  readonly decay: boolean;
};

/** A parameter's place in the arena. */
export type ParameterPlace = ParameterSpec & { readonly offset: number; readonly length: number };

/** A contiguous part of the arena whose parameters are updated alike. */
export type ParameterGroup = { readonly decay: boolean; readonly offset: number; readonly length: number };

/** The whole arena. */
export type ParameterLayout = {
  /** In the order of the arena. */
  readonly places: readonly ParameterPlace[];
  readonly groups: readonly ParameterGroup[];
  /** How many float32 values there are. */
  readonly length: number;
};

/**
 * Places parameters one behind the other, those that decay first, each kind in the given order.
 * @throws {RangeError} where two have the same name.
 */
export function layOutParameters(specs: readonly ParameterSpec[]): ParameterLayout {
  const names = new Set<string>();
  for (const { name } of specs) {
    if (names.has(name)) throw new RangeError(`there are two parameters ${name}`);
    names.add(name);
  }
  const places: ParameterPlace[] = [];
  const groups: ParameterGroup[] = [];
  let offset = 0;
  for (const decay of [true, false]) {
    const start = offset;
    for (const spec of specs.filter((candidate) => candidate.decay === decay)) {
      const length = countElements(spec.shape);
      places.push({ ...spec, offset, length });
      offset += length;
    }
    if (offset > start) groups.push({ decay, offset: start, length: offset - start });
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
