// Owns how large many files are. Knows nothing of what they hold.
import { stat } from 'node:fs/promises';

const statsAtOnce = 64;

/** Bytes of each file, in their order; NaN where there is none, or it is no file. */
export async function readFileSizes(files: readonly { readonly path: string }[]): Promise<Float64Array> {
  const sizes = new Float64Array(files.length);
  for (let start = 0; start < files.length; start += statsAtOnce) {
    const some = files.slice(start, start + statsAtOnce);
    sizes.set(await Promise.all(some.map(({ path }) => sizeOf(path))), start);
  }
  return sizes;
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    (found) => (found.isFile() ? found.size : Number.NaN),
    () => Number.NaN,
  );
}
