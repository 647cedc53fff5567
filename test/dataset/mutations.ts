// Owns the damaging of files: each damage is a pure function of a seed and a number. Knows nothing of what is damaged.
import { createRandom, type Random } from '../../lib/clip/random.js';

type Mutation = (bytes: Uint8Array, other: Uint8Array, random: Random) => Uint8Array;

/** A place in a file, more often than not near its start, where headers are. */
function placeIn(bytes: Uint8Array, random: Random): number {
  const reach = random.integer(2) === 0 ? bytes.length : Math.min(bytes.length, 512);
  return random.integer(Math.max(1, reach));
}

const mutations: readonly Mutation[] = [
  // Single bits.
  (bytes, _other, random) => {
    const made = bytes.slice();
    for (let flips = 1 + random.integer(16); flips > 0; flips--) {
      const place = placeIn(made, random);
      made[place] = (made[place] ?? 0) ^ (1 << random.integer(8));
    }
    return made;
  },
  // Numbers at their extremes: lengths, sizes, counts, times.
  (bytes, _other, random) => {
    const made = bytes.slice();
    const value = [0x00, 0x7f, 0x80, 0xff][random.integer(4)] ?? 0;
    const start = placeIn(made, random);
    return made.fill(value, start, start + 1 + random.integer(8));
  },
  // Cut off at the end, at the start, or in the middle.
  (bytes, _other, random) => bytes.slice(0, placeIn(bytes, random)),
  (bytes, _other, random) => bytes.slice(placeIn(bytes, random)),
  (bytes, _other, random) => {
    const start = placeIn(bytes, random);
    return Buffer.concat([bytes.subarray(0, start), bytes.subarray(start + 1 + random.integer(256))]);
  },
  // The start of one file and the end of another.
  (bytes, other, random) =>
    Buffer.concat([bytes.subarray(0, placeIn(bytes, random)), other.subarray(placeIn(other, random))]),
  // A part twice.
  (bytes, _other, random) => {
    const start = placeIn(bytes, random);
    const end = start + 1 + random.integer(1024);
    return Buffer.concat([bytes.subarray(0, end), bytes.subarray(start)]);
  },
  // A part of noise.
  (bytes, _other, random) => {
    const made = bytes.slice();
    const start = placeIn(made, random);
    for (let place = start; place < Math.min(made.length, start + 64); place++) made[place] = random.integer(256);
    return made;
  },
];

/** The damaged file of a number: which of the sources it was, and its bytes. */
export function mutate(sources: readonly Uint8Array[], seed: number, index: number): Uint8Array {
  const random = createRandom(seed, 'mutations', index);
  const pick = () => sources[random.integer(sources.length)] ?? new Uint8Array(0);
  const [bytes, other] = [sources[index % sources.length] ?? new Uint8Array(0), pick()];
  const mutation = mutations[random.integer(mutations.length)];
  return mutation === undefined ? bytes : mutation(bytes, other, random);
}
