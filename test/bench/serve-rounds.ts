// Owns the other end of `side.ts` for sides that run in node: a line of JSON in, a line of JSON out. Knows nothing of what is
// measured.
import { createInterface } from 'node:readline';

/**
 * Opens what the first line asks for, says that it is ready, and runs one round for each further line until the input ends.
 * @param open is given the first line, and returns a round
 */
export async function serveRounds(open: (given: unknown) => Promise<() => Promise<unknown>>): Promise<void> {
  let round: (() => Promise<unknown>) | undefined;
  for await (const line of createInterface({ input: process.stdin })) {
    if (round === undefined) {
      round = await open(JSON.parse(line));
      write({ ready: true });
    } else {
      write(await round());
    }
  }
}

/** Runs something again and again for at least this long, and at least once; the shortest time is what is wanted, in seconds. */
export async function timeShortest(run: () => Promise<unknown>, atLeastSeconds: number): Promise<number> {
  let shortest = Infinity;
  const begun = performance.now();
  do {
    const started = performance.now();
    await run();
    shortest = Math.min(shortest, (performance.now() - started) / 1000);
  } while (performance.now() - begun < atLeastSeconds * 1000);
  return shortest;
}

function write(answer: unknown): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
