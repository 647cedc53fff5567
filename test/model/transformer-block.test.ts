import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { createRandom } from '../../lib/clip/random.js';
import { countElements } from '../../lib/engine/parameter-layout.js';
import { blocks, type Passage, runBlocks } from '../../lib/model/transformer-block.js';
import { onCpu } from '../engine/on-cpu.js';
import { expectClose } from './expect-close.js';

const [steps, places, width, heads] = [3, 4, 6, 2] as const;
const tokens = steps * places;
const random = createRandom(1, 'tokens');
const values = Array.from({ length: tokens * width }, () => random.normal());

/** The tokens after one block, and which of them changing one token changes; some parameters set to 0. */
function run(passage: Partial<Passage>, silent?: RegExp, change?: number): number[] {
  const given = values.map((value, index) => (Math.floor(index / width) === change ? value + (index % 3) - 1 : value));
  const [result = []] = onCpu(() => {
    const own = createRandom(2, 'parameters');
    const parameters = Object.fromEntries(
      blocks('block', width, 1, { divided: passage.divided !== undefined }).map(({ name, shape }) => {
        const drawn = Array.from({ length: countElements(shape) }, () => 0.3 * own.normal());
        return [name, tf.tensor(silent?.test(name) ? drawn.map(() => 0) : drawn, [...shape])];
      }),
    );
    return [runBlocks(parameters, 'block', tf.tensor3d(given, [1, tokens, width]), { depth: 1, heads, ...passage })];
  });
  return result;
}

/** Which tokens changing token 5, of step 1 and place 1, changes. */
function reached(passage: Partial<Passage>, silent?: RegExp): number[] {
  const [before, after] = [run(passage, silent), run(passage, silent, 5)];
  return Array.from({ length: tokens }, (_, token) => token).filter((token) =>
    before.some((value, index) => Math.floor(index / width) === token && value !== after[index]),
  );
}

describe('runBlocks', () => {
  const divided = { steps, places };
  const temporal = /temporal_attention.output/;
  const spatial = /block.0.attention.output/;

  it('attends over the steps of one place, then over the places of one step', () => {
    expect(reached({ divided }, spatial)).to.deep.equal([1, 5, 9]);
    expect(reached({ divided }, temporal)).to.deep.equal([4, 5, 6, 7]);
    expect(reached({ divided }, /attention.output/)).to.deep.equal([5]);
    expect(reached({ divided })).to.have.length(tokens);
  });

  it('attends to all tokens twice where they are no product', () => {
    expect(reached({ divided: 'joint' }, spatial)).to.have.length(tokens);
    expect(reached({ divided: 'joint' }, temporal)).to.have.length(tokens);
  });

  it('is joint attention where there is one step or one place, with the other attention silent', () => {
    const joint = run({}, undefined);
    expectClose(run({ divided: { steps: 1, places: tokens } }, temporal), joint, 1e-5);
    const overTime = run({ divided: { steps: tokens, places: 1 } }, spatial);
    expectClose(overTime, run({ divided: 'joint' }, spatial), 1e-5);
  });

  it('multiplies each branch by its factor for each clip', () => {
    const run2 = (factors: readonly number[]) => {
      const [result = []] = onCpu(() => {
        const own = createRandom(2, 'parameters');
        const parameters = Object.fromEntries(
          blocks('block', width, 1).map(({ name, shape }) => [
            name,
            tf.tensor(
              Array.from({ length: countElements(shape) }, () => 0.3 * own.normal()),
              [...shape],
            ),
          ]),
        );
        const x = tf.tensor3d([...values, ...values], [2, tokens, width]);
        const dropPath = tf.tensor2d([...factors], [2, 2]);
        return [runBlocks(parameters, 'block', x, { depth: 1, heads, dropPath })];
      });
      return result;
    };
    const half = tokens * width;
    // Both branches of the first clip are left out, none of the second.
    const [kept, full] = [run2([0, 1, 0, 1]), run({})];
    expectClose(kept.slice(0, half), values, 1e-6);
    expectClose(kept.slice(half), full, 1e-5);
    // Twice what the second branch adds, on top of none of the first.
    const [once, twice] = [run2([0, 0, 1, 1]), run2([0, 0, 2, 2])];
    expectClose(
      twice,
      once.map((value, index) => 2 * value - (values[index % half] ?? 0)),
      1e-5,
    );
  });
});
