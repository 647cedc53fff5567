// Owns seeded randomness: every random choice is a pure function of (seed, purpose, counters). Knows nothing of what is chosen.
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** A stream of random numbers; the same key gives the same stream on every machine. */
export type Random = {
  /** A whole number, uniform in [0, 2³²). */
  readonly uint32: () => number;
  /** Uniform in [0, 1), 53 bits. */
  readonly uniform: () => number;
  /** A whole number, uniform in [0, bound), without modulo bias. `bound` in [1, 2³²]. */
  readonly integer: (bound: number) => number;
  /** Normal with mean 0 and deviation 1 (Box and Muller 1958). */
  readonly normal: () => number;
  /** Puts the items into a uniformly random order, in place (Fisher and Yates), and returns them. */
  readonly shuffle: <Items extends { length: number; [index: number]: number }>(items: Items) => Items;
};

/** A stream keyed by a seed, what it is for, and counters such as (epoch, sample); each must be a whole number. */
export function createRandom(seed: number, purpose: string, ...counters: readonly number[]): Random {
  const generator = xoroshiro128plus(hashKey(`${seed}/${purpose}/${counters.join('/')}`));
  const uint32 = () => generator.next() >>> 0;
  const uniform = () => ((uint32() >>> 5) * 2 ** 26 + (uint32() >>> 6)) / 2 ** 53;
  const integer = (bound: number) => {
    const limit = 2 ** 32 - (2 ** 32 % bound);
    let value = uint32();
    while (value >= limit) value = uint32();
    return value % bound;
  };
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const shuffle: Random['shuffle'] = (items) => {
    for (let last = items.length - 1; last > 0; last--) {
      const other = integer(last + 1);
      const held = items[last] ?? 0;
      items[last] = items[other] ?? 0;
      items[other] = held;
    }
    return items;
  };
  // xoroshiro's first outputs resemble its seed.
  for (let skipped = 0; skipped < 8; skipped++) generator.next();
  return { uint32, uniform, integer, normal, shuffle };
}

/** Uniform in [low, high). */
export function between(random: Random, low: number, high: number): number {
  return low + (high - low) * random.uniform();
}

/** FNV-1a over the key, then MurmurHash3's finaliser, so that neighbouring keys give unrelated seeds. */
function hashKey(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
