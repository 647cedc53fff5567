// Owns which compiled programs are kept: the last few that were used of each kind, since each holds its own peak memory.
import { LacunaError } from '../clip/lacuna-error.js';

/** Something compiled that has to be released. */
type Releasable = { readonly release: () => Promise<void> };

/** The program of a signature, compiled where it is not kept. */
type CompiledCache<Program> = (signature: string, compile: () => Promise<Program>) => Promise<Program>;

const keptPrograms = 8;

/** Caches that make room for each other. One call at a time: no program may be in use while another is asked for. */
export function createCompiledCaches(): {
  /** A cache by signature; the one that was not used for the longest time is released before there are more than `most`. */
  readonly open: <Program extends Releasable>(most?: number) => CompiledCache<Program>;
} {
  const caches: Map<string, Releasable>[] = [];
  const releaseDownTo = async (kept: Map<string, Releasable>, most: number): Promise<number> => {
    let released = 0;
    for (const [oldest, unused] of kept) {
      if (kept.size <= most) break;
      kept.delete(oldest);
      await unused.release();
      released += 1;
    }
    return released;
  };
  const releaseAll = async () => {
    let released = 0;
    for (const kept of caches) released += await releaseDownTo(kept, 0);
    return released;
  };
  return {
    open<Program extends Releasable>(most = keptPrograms): CompiledCache<Program> {
      const kept = new Map<string, Program>();
      caches.push(kept);
      return async (signature: string, compile: () => Promise<Program>): Promise<Program> => {
        const known = kept.get(signature);
        if (known === undefined) await releaseDownTo(kept, most - 1);
        const compileAlone = async (error: unknown): Promise<Program> => {
          // What is refused for want of memory may fit alone.
          if (error instanceof LacunaError && (await releaseAll()) > 0) return compile();
          throw error;
        };
        const program = known ?? (await compile().catch(compileAlone));
        kept.delete(signature);
        kept.set(signature, program);
        return program;
      };
    },
  };
}
