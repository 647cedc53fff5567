// Owns the Muon update of matrices as a pure function. Knows nothing of where they are kept.
import { itemAt } from './operation.js';
import { sumSquares } from './sum-squares.js';
import { tf } from './tfjs.js';

/** What the update of a matrix reads; each flat tensor `[O · I]`, each rate a scalar. */
export type MuonInputs = {
  readonly parameters: tf.Tensor;
  readonly gradients: tf.Tensor;
  /** What they are multiplied by, in (0, 1]. */
  readonly clip: tf.Tensor;
  /** Whether anything is to change, a boolean scalar: where it is false, all numbers that are given are given back. */
  readonly isSound: tf.Tensor;
  /** The mean of the gradients so far. */
  readonly moments1: tf.Tensor;
  /** α */
  readonly rate: tf.Tensor;
  /** α λ: the decoupled decay of this step; absent for parameters that do not decay. */
  readonly decay?: tf.Tensor;
  /** O and I. */
  readonly shape: readonly [rows: number, columns: number];
};

/** What the update of a matrix gives: flat tensors `[O · I]`. */
export type MuonOutputs = { readonly parameters: tf.Tensor; readonly moments1: tf.Tensor };

/** Of the quintic iteration a x + b x³ + c x⁵, which brings singular values from (0, 1] near 1 (Jordan et al. 2024). */
const [a, b, c] = [3.4445, -4.775, 2.0315];
const iterations = 5;

/** With it a step changes the weights about as much as one of AdamW at the same rate (Liu et al. 2025, section 2.2, equation 4). */
const scale = 0.2;

/**
 * One Muon update (Jordan et al. 2024; with the decay and the scale of Liu et al. 2025, section 2.2): the weights move along the mean
 * gradient with all its singular values made about 1. How large gradients are does not matter to one
 * step, but one batch of huge ones would rule the mean for many: they are clipped.
 */
export function muon(matrices: readonly MuonInputs[], { beta1 }: { readonly beta1: number }): MuonOutputs[] {
  const means = matrices.map((matrix) => {
    const { gradients, clip, isSound, moments1: before, shape } = matrix;
    const share = tf.mul(tf.where(isSound, clip, 0), 1 - beta1);
    const fresh = tf.mul(tf.where(isSound, gradients, 0), share);
    // m ← β₁ m + (1 − β₁) g, g clipped
    const moments1 = tf.add(tf.mul(before, tf.where(isSound, beta1, 1)), fresh);
    // Nesterov's: the mean as it would be after one more such gradient.
    return { matrix, moments1, ahead: tf.reshape(tf.add(tf.mul(moments1, beta1), fresh), [...shape]) };
  });
  const directions = orthogonalise(means.map(({ ahead }) => ahead));
  return means.map(({ matrix, moments1 }, index) => {
    const { parameters, isSound, rate, decay, shape } = matrix;
    const direction = tf.mul(tf.reshape(itemAt(directions, index), [-1]), scale * Math.sqrt(Math.max(...shape)));
    // θ ← (1 − α λ) θ − α · 0.2 √max(O, I) · U Vᵀ
    const kept = decay === undefined ? parameters : tf.mul(parameters, tf.sub(1, tf.where(isSound, decay, 0)));
    return { parameters: tf.sub(kept, tf.mul(direction, tf.where(isSound, rate, 0))), moments1 };
  });
}

/** Squares of one size are brought through the iteration together, up to so many values: they stay in the cache. */
const mostTogether = 2 ** 18;

/**
 * Each `[O, I]` → about U Vᵀ of its singular value decomposition U S Vᵀ: singular values of 0.7 to 1.2, but for those near 0. The
 * iteration is over X Xᵀ of the shorter side, so that only the first and the last product are as long as the matrix: Xₖ = Pₖ X₀, and Pₖ
 * and Aₖ = Xₖ Xₖᵀ are polynomials in A₀, whose products may be taken in any order.
 */
export function orthogonalise(matrices: readonly tf.Tensor[]): tf.Tensor[] {
  const wide = matrices.map((matrix) => {
    const [rows = 1, columns = 1] = matrix.shape;
    const isTall = rows > columns;
    // No singular value is above the norm of all of them.
    const x = tf.div(isTall ? tf.transpose(matrix) : matrix, tf.add(tf.sqrt(sumSquares(matrix)), 1e-12));
    return { x, isTall };
  });
  const factors = findFactors(wide.map(({ x }) => tf.matMul(x, x, false, true)));
  return wide.map(({ x, isTall }, index) => {
    const result = tf.matMul(itemAt(factors, index), x);
    return isTall ? tf.transpose(result) : result;
  });
}

/** Of each A₀ `[n, n]` the P with which P X₀ has singular values near 1; those of the same size are worked out together. */
function findFactors(squares: readonly tf.Tensor[]): tf.Tensor[] {
  const factors: tf.Tensor[] = [];
  for (const side of new Set(squares.map(({ shape: [side = 1] }) => side))) {
    const places = [...squares.keys()].filter((index) => squares[index]?.shape[0] === side);
    const together = Math.max(1, Math.floor(mostTogether / side ** 2));
    for (let start = 0; start < places.length; start += together) {
      const some = places.slice(start, start + together);
      const found = tf.split(iterate(tf.stack(some.map((place) => itemAt(squares, place)))), some.length);
      for (const [index, place] of some.entries()) factors[place] = tf.reshape(itemAt(found, index), [side, side]);
    }
  }
  return factors;
}

/** `[K, n, n]`, from each A₀ to its P. */
function iterate(squares: tf.Tensor): tf.Tensor {
  const unit = tf.eye(squares.shape[1] ?? 1);
  const [first, second] = [tf.mul(unit, a), tf.mul(unit, b)];
  // a I + b A + c A²
  const quintic = (square: tf.Tensor) => tf.add(tf.matMul(square, tf.add(tf.mul(square, c), second)), first);
  let square = squares;
  let step = quintic(square);
  let factor = step;
  for (let iteration = 1; iteration < iterations; iteration++) {
    square = tf.matMul(step, tf.matMul(step, square));
    step = quintic(square);
    factor = tf.matMul(step, factor);
  }
  return factor;
}
