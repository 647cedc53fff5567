// Owns the sum of products of two tensors over named axes, made of one matrix product, so that its gradients are products too.
// Knows nothing of models.
import { tf } from './tfjs.js';

/**
 * Einstein's summation of two tensors, such as `bij,bkj->bik`: axes of the same letter run together, those that the result does
 * not name are summed over.
 * @param equation letters for each axis of `a`, a comma, of `b`, `->`, of the result; no letter twice in one of them
 * @throws {RangeError} where the equation is none of that kind, or does not fit the shapes.
 */
export function einsum(equation: string, a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  const [, left = '', right = '', result = ''] =
    /^([a-z]*),([a-z]*)->([a-z]*)$/i.exec(equation.replaceAll(' ', '')) ?? [];
  const [ofA, ofB, ofResult] = [Array.from(left), Array.from(right), Array.from(result)];
  const sizes = new Map([...sizesOf(equation, ofA, a), ...sizesOf(equation, ofB, b)]);
  const isUsable =
    /->/.test(equation) &&
    [ofA, ofB, ofResult].every((letters) => new Set(letters).size === letters.length) &&
    ofResult.every((letter) => sizes.has(letter)) &&
    [...ofA.entries()].every(([axis, letter]) => a.shape[axis] === sizes.get(letter));
  if (!isUsable) throw new RangeError(`${equation} does not fit [${a.shape.join()}] and [${b.shape.join()}]`);
  // What only one of them has, and the result has not, is summed up beforehand.
  const keep = (letters: readonly string[], others: readonly string[]) =>
    letters.filter((letter) => others.includes(letter) || ofResult.includes(letter));
  const one = { tensor: sumOver(a, ofA, keep(ofA, ofB)), letters: keep(ofA, ofB) };
  const other = { tensor: sumOver(b, ofB, keep(ofB, ofA)), letters: keep(ofB, ofA) };
  const shared = one.letters.filter((letter) => other.letters.includes(letter));
  const batch = shared.filter((letter) => ofResult.includes(letter));
  const summed = shared.filter((letter) => !ofResult.includes(letter));
  const rows = one.letters.filter((letter) => !shared.includes(letter));
  const columns = other.letters.filter((letter) => !shared.includes(letter));
  const countOf = (letters: readonly string[]) =>
    letters.reduce((product, letter) => product * (sizes.get(letter) ?? 1), 1);
  const matrix = ({ tensor, letters }: typeof one, outer: readonly string[]) =>
    tf.reshape(order(tensor, letters, [...batch, ...outer, ...summed]), [
      countOf(batch),
      countOf(outer),
      countOf(summed),
    ]);
  const product = tf.matMul(matrix(one, rows), matrix(other, columns), false, true);
  const letters = [...batch, ...rows, ...columns];
  const apart = tf.reshape(
    product,
    letters.map((letter) => sizes.get(letter) ?? 1),
  );
  return order(apart, letters, ofResult);
}

function sizesOf(equation: string, letters: readonly string[], { shape }: tf.Tensor): [string, number][] {
  if (letters.length !== shape.length) throw new RangeError(`${equation} does not fit [${shape.join()}]`);
  return letters.map((letter, axis) => [letter, shape[axis] ?? 1]);
}

function sumOver(x: tf.Tensor, letters: readonly string[], kept: readonly string[]): tf.Tensor {
  const axes = letters.flatMap((letter, axis) => (kept.includes(letter) ? [] : [axis]));
  return axes.length === 0 ? x : tf.sum(x, axes);
}

/** The axes in another order; no node where they are in it already. */
function order(x: tf.Tensor, letters: readonly string[], wanted: readonly string[]): tf.Tensor {
  const perm = wanted.map((letter) => letters.indexOf(letter));
  return perm.every((axis, index) => axis === index) ? x : tf.transpose(x, perm);
}
