// Owns which compiled programs are kept: the last few that were used, since each holds its own peak memory.

/** Something compiled that has to be released. */
type Releasable = { readonly release: () => Promise<void> };

const keptPrograms = 8;

/** A cache by signature; the one that was not used for the longest time is released when there are too many. */
export function createCompiledCache<Program extends Releasable>(
  most = keptPrograms,
): (signature: string, compile: () => Promise<Program>) => Promise<Program> {
  const kept = new Map<string, Program>();
  return async (signature, compile) => {
    const program = kept.get(signature) ?? (await compile());
    kept.delete(signature);
    kept.set(signature, program);
    for (const [oldest, unused] of kept) {
      if (kept.size <= most) break;
      kept.delete(oldest);
      await unused.release();
    }
    return program;
  };
}
