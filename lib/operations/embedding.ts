// Owns the picking of rows of a table by whole numbers, and the placing of rows in one, with a fast gradient for each case. Knows
// nothing of models.
import { tf } from './tfjs.js';

/**
 * Row `ids[…]` of the table for each id. Ids may repeat: their gradients add up.
 * @param table `[V, D]`
 * @param ids int32 `[…]`, each from 0 to V − 1
 * @returns `[…, D]`
 */
export function embed(table: tf.Tensor, ids: tf.Tensor): tf.Tensor {
  return tf.gather(table, ids);
}

/**
 * Rows that are all different: their gradient is a gather too, by the inverse index, and nothing is added up.
 * @param x `[N, D]`
 * @param ids int32 `[M]`, no two the same
 * @param inverse int32 `[N]`: the place among `ids` of each row, M for a row that is not picked
 * @returns `[M, D]`
 */
export function pickRows(x: tf.Tensor, ids: tf.Tensor, inverse: tf.Tensor): tf.Tensor {
  const [, width = 1] = x.shape;
  const pick = tf.customGrad((...given) => {
    const [rows, save] = given as [tf.Tensor, tf.GradSaveFunc];
    save([inverse]);
    return {
      value: tf.gather(rows, ids),
      gradFunc: (gradient, [places]) => {
        if (places === undefined) throw new Error('the picked rows lost what they saved');
        return tf.gather(tf.concat([gradient, tf.zeros([1, width])], 0), places);
      },
    };
  });
  return pick(x);
}

/**
 * Rows placed in a larger table, zeros elsewhere: the inverse of {@link pickRows}, with a gather for a gradient too.
 * @param x `[M, D]`
 * @param rows int32 `[N]`: which row stands at each place, M for none
 * @param places int32 `[M]`: where each row stands
 * @returns `[N, D]`
 */
export function placeRows(x: tf.Tensor, rows: tf.Tensor, places: tf.Tensor): tf.Tensor {
  const [, width = 1] = x.shape;
  const place = tf.customGrad((...given) => {
    const [values, save] = given as [tf.Tensor, tf.GradSaveFunc];
    save([places]);
    return {
      value: tf.gather(tf.concat([values, tf.zeros([1, width])], 0), rows),
      gradFunc: (gradient, [saved]) => {
        if (saved === undefined) throw new Error('the placed rows lost what they saved');
        return tf.gather(gradient, saved);
      },
    };
  });
  return place(x);
}
