// Owns the Muon update of one matrix as a pure function. Knows nothing of where the matrix is kept.
import { sumSquares } from './sum-squares.js';
import { tf } from './tfjs.js';

/** What the update of a matrix reads; each flat tensor `[O · I]`, each rate a scalar. */
export type MuonInputs = {
  readonly parameters: tf.Tensor;
  readonly gradients: tf.Tensor;
  /** Whether anything is to change, a boolean scalar: where it is false, all numbers that are given are given back. */
  readonly isSound: tf.Tensor;
  /** The mean of the gradients so far. */
  readonly moments1: tf.Tensor;
  /** α */
  readonly rate: tf.Tensor;
  /** α λ: the decoupled decay of this step; absent for parameters that do not decay. */
  readonly decay?: tf.Tensor;
};

/** Of the quintic iteration a x + b x³ + c x⁵, which brings singular values from (0, 1] near 1 (Jordan et al. 2024). */
const [a, b, c] = [3.4445, -4.775, 2.0315];
const iterations = 5;

/** With it a step changes the weights about as much as one of AdamW at the same rate (Liu et al. 2025, section 2.2, equation 4). */
const scale = 0.2;

/**
 * One Muon update (Jordan et al. 2024; with the decay and the scale of Liu et al. 2025, section 2.2): the weights move along the mean
 * gradient with all its singular values made about 1. How large gradients are does not matter, so they are not clipped.
 */
export function muon(
  { parameters, gradients, isSound, moments1: before, rate, decay }: MuonInputs,
  { beta1 }: { readonly beta1: number },
  [rows, columns]: readonly [rows: number, columns: number],
): { readonly parameters: tf.Tensor; readonly moments1: tf.Tensor } {
  const orElse = (value: tf.Tensor | number, otherwise: number) => tf.where(isSound, value, otherwise);
  const fresh = tf.mul(orElse(gradients, 0), 1 - beta1);
  // m ← β₁ m + (1 − β₁) g
  const moments1 = tf.add(tf.mul(before, orElse(beta1, 1)), fresh);
  // Nesterov's: the mean as it would be after one more such gradient.
  const ahead = tf.add(tf.mul(moments1, beta1), fresh);
  const direction = tf.mul(
    tf.reshape(orthogonalise(tf.reshape(ahead, [rows, columns])), [rows * columns]),
    scale * Math.sqrt(Math.max(rows, columns)),
  );
  // θ ← (1 − α λ) θ − α · 0.2 √max(O, I) · U Vᵀ
  const kept = decay === undefined ? parameters : tf.mul(parameters, tf.sub(1, orElse(decay, 0)));
  return { parameters: tf.sub(kept, tf.mul(direction, orElse(rate, 0))), moments1 };
}

/**
 * `[O, I]` → about U Vᵀ of its singular value decomposition U S Vᵀ: singular values of 0.7 to 1.2, but for those near 0. The iteration
 * is over X Xᵀ of the shorter side, so that only the first and the last product are as long as the matrix: Xₖ = Pₖ X₀, and Pₖ and
 * Aₖ = Xₖ Xₖᵀ are polynomials in A₀, whose products may be taken in any order.
 */
export function orthogonalise(matrix: tf.Tensor): tf.Tensor {
  const [rows = 1, columns = 1] = matrix.shape;
  const isTall = rows > columns;
  // No singular value is above the norm of all of them.
  const x = tf.div(isTall ? tf.transpose(matrix) : matrix, tf.add(tf.sqrt(sumSquares(matrix)), 1e-12));
  let square = tf.matMul(x, x, false, true);
  let factor = quinticFactor(square);
  // Pₖ = aᵏ I + Qₖ
  let [multiple, rest]: [number, tf.Tensor] = [a, factor];
  for (let iteration = 1; iteration < iterations; iteration++) {
    square = advance(factor, advance(factor, square));
    factor = quinticFactor(square);
    rest = tf.add(advance(factor, rest), tf.mul(factor, multiple));
    multiple *= a;
  }
  const result = tf.add(tf.mul(x, multiple), tf.matMul(rest, x));
  return isTall ? tf.transpose(result) : result;
}

/** F = b A + c A², with which Xₖ₊₁ = (a I + F) Xₖ. */
function quinticFactor(square: tf.Tensor): tf.Tensor {
  return tf.add(tf.mul(square, b), tf.mul(tf.matMul(square, square), c));
}

/** (a I + F) X */
function advance(factor: tf.Tensor, x: tf.Tensor): tf.Tensor {
  return tf.add(tf.mul(x, a), tf.matMul(factor, x));
}
