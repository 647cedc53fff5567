import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import fc from 'fast-check';
import { einsum } from '../../lib/operations/einsum.js';
import { named } from '../../lib/operations/operation.js';
import { onCpu } from '../engine/on-cpu.js';
import { expectClose, expectSameOnBothEngines } from './both-engines.js';
import { expectGradient } from './finite-differences.js';
import { drawOperand, type OperandCase, outputOf, referenceEngine } from './operand-case.js';

const equations = [
  'ij,jk->ik',
  'bij,bkj->bik',
  'bhqd,bhkd->bhqk',
  'i,j->ji',
  'ij,ij->',
  'ij,kj->k',
  'bij,jb->ib',
  'bi,bi->b',
];

function caseOf(equation: string, sizes: Readonly<Record<string, number>>): OperandCase {
  const [left = '', right = ''] = equation.split('->')[0]?.split(',') ?? [];
  const shapeOf = (letters: string) => Array.from(letters, (letter) => sizes[letter] ?? 2);
  return {
    operands: { a: drawOperand(shapeOf(left), 1), b: drawOperand(shapeOf(right), 2) },
    compute: (given) => einsum(equation, named(given, 'a'), named(given, 'b')),
  };
}

/** Straight from the definition, in float64: every letter runs over its size, and each product is added where it belongs. */
function einsumByDefinition(
  equation: string,
  { operands }: OperandCase,
  sizes: Readonly<Record<string, number>>,
): number[] {
  const terms = equation.split(/,|->/).map((term) => Array.from(term));
  const letters = [...new Set(terms.flat())];
  const countOf = (of: readonly string[]) => of.reduce((product, letter) => product * (sizes[letter] ?? 1), 1);
  const result = new Array<number>(countOf(terms[2] ?? [])).fill(0);
  for (let index = 0; index < countOf(letters); index++) {
    let rest = index;
    const places = new Map(
      letters.map((letter) => {
        const place = rest % (sizes[letter] ?? 1);
        rest = Math.floor(rest / (sizes[letter] ?? 1));
        return [letter, place];
      }),
    );
    const [one = 0, other = 0, to = 0] = terms.map((term) =>
      term.reduce((at, letter) => at * (sizes[letter] ?? 1) + (places.get(letter) ?? 0), 0),
    );
    const product = (named(operands, 'a').values[one] ?? 0) * (named(operands, 'b').values[other] ?? 0);
    result[to] = (result[to] ?? 0) + product;
  }
  return result;
}

describe('einsum', () => {
  it('agrees with the definition, with the same gradients traced, for any sizes', async () => {
    const size = fc.integer({ min: 1, max: 4 });
    const sizes = fc.record(Object.fromEntries(Array.from('bhijkqd', (letter) => [letter, size])));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...equations), sizes, async (equation, all) => {
        const operandCase = caseOf(equation, all);
        const expected = einsumByDefinition(equation, operandCase, all);
        expectClose(await outputOf(operandCase, referenceEngine()), expected, 2e-6, equation);
        await expectSameOnBothEngines(operandCase, 2e-6);
      }),
      { numRuns: 20, seed: 1 },
    );
  });

  for (const equation of ['bij,jb->ib', 'ij,kj->k']) {
    it(`has the gradients of finite differences, ${equation}`, async () => {
      await expectGradient(caseOf(equation, { b: 2, i: 2, j: 3, k: 2 }), { step: 0.5, tolerance: 2e-6 });
    });
  }

  it('refuses what it cannot read or what does not fit', () => {
    const run = (equation: string) => () => onCpu(() => [einsum(equation, tf.ones([2, 3]), tf.ones([3, 2]))]);
    for (const equation of ['ij,jk', 'ij,jk->il', 'ij,ij->i', 'ii,jk->i', 'ij,jk->ii']) {
      expect(run(equation), equation).to.throw(RangeError, `${equation} does not fit`);
    }
    expect(run('i,jk->ijk')).to.throw(RangeError, 'i,jk->ijk does not fit [2,3]');
  });
});
