// Owns a decoder of the `vit` family as its paper has it, in tfjs's own operations: every block works out every token, and the
// hidden ones are picked at the end.
import * as tf from '@tensorflow/tfjs';
import type { MaskPlan } from '../../lib/masking/mask-plan.js';
import { gridOfModel, type VitConfig } from '../../lib/model/model-config.js';
import { sinusoidalPositions } from '../../lib/model/positions.js';
import { onCpu } from '../engine/on-cpu.js';
import { layoutOf, valuesOf } from './small-models.js';

/** What is filled in for one clip, of whose visible tokens only the places are known: `[Nh · t·p·p·C]`. */
export function decodeAll(config: VitConfig, parameters: Float32Array, { visible, hidden }: MaskPlan): number[] {
  const { decoderWidth: width, decoderDepth, decoderHeads: heads } = config;
  const { tokens } = gridOfModel(config);
  const order = [...visible, ...hidden];
  const [filled = []] = onCpu(() => {
    const of = (name: string): tf.Tensor => {
      const shape = layoutOf(config).places.find((place) => place.name === name)?.shape ?? [];
      return tf.tensor(valuesOf(config, parameters, name), [...shape]);
    };
    const dense = (name: string, x: tf.Tensor) =>
      tf.add(tf.matMul(x, of(`${name}.weight`), false, true), of(`${name}.bias`));
    const norm = (name: string, x: tf.Tensor) => {
      const { mean, variance } = tf.moments(x, 1, true);
      return tf.add(tf.mul(tf.div(tf.sub(x, mean), tf.sqrt(variance)), of(`${name}.weight`)), of(`${name}.bias`));
    };
    const attend = (name: string, x: tf.Tensor) => {
      const project = (which: string, bias: tf.Tensor) =>
        tf.split(tf.add(tf.matMul(x, of(`${name}.${which}.weight`), false, true), bias), heads, 1);
      const [queries, keys, contents] = [
        project('query', of(`${name}.q_bias`)),
        project('key', tf.scalar(0)),
        project('value', of(`${name}.v_bias`)),
      ];
      return tf.concat(
        queries.map((query, head) => {
          const scores = tf.matMul(query, keys[head] as tf.Tensor, false, true);
          return tf.matMul(tf.softmax(tf.div(scores, Math.sqrt(width / heads))), contents[head] as tf.Tensor);
        }),
        1,
      );
    };
    const gelu = (x: tf.Tensor) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.div(x, Math.SQRT2)), 1));
    const places = tf.gather(tf.tensor2d(sinusoidalPositions(tokens, width), [tokens, width]), order);
    const known = tf.zeros([visible.length, width]);
    const asked = tf.tile(tf.reshape(of('mask_token'), [1, width]), [hidden.length, 1]);
    let x: tf.Tensor = tf.add(tf.concat([known, asked]), places);
    for (let block = 0; block < decoderDepth; block++) {
      const name = `decoder.decoder_layers.${block}`;
      const inner = norm(`${name}.layernorm_before`, x);
      x = tf.add(x, dense(`${name}.attention.output.dense`, attend(`${name}.attention.attention`, inner)));
      const wide = gelu(dense(`${name}.intermediate.dense`, norm(`${name}.layernorm_after`, x)));
      x = tf.add(x, dense(`${name}.output.dense`, wide));
    }
    const all = dense('decoder.head', norm('decoder.norm', x));
    return [tf.slice(all, [visible.length, 0], [hidden.length, -1])];
  });
  return filled;
}
