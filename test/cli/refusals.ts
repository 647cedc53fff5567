// Starts many commands that must be refused, and holds each against its sentence and its exit code.
import { expect } from 'chai';
import { startCommand } from './start-command.js';

/** What is wrong, the words of the command, what its one sentence says, and the exit code. */
export type Refusal = readonly [what: string, words: readonly string[], sentence: RegExp, code: number];

/** So many at once: there are few cores. */
const atOnce = 3;

/** Expects of each command one line on standard error, nothing on standard output, and the exit code. */
export async function expectRefusals(refusals: readonly Refusal[]): Promise<void> {
  for (let start = 0; start < refusals.length; start += atOnce) {
    const part = refusals.slice(start, start + atOnce);
    const ends = await Promise.all(part.map(([, words]) => startCommand([...words, '--quiet'])));
    for (const [index, [what, , sentence, code]] of part.entries()) {
      const end = ends[index];
      expect(end?.stderr, what)
        .to.match(/^lacuna: [^\n]+\n$/)
        .and.match(sentence);
      expect(end?.stdout, what).to.equal('');
      expect(end?.code, what).to.equal(code);
    }
  }
}
