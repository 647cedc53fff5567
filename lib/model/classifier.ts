// Owns what stands on the encoder of a classifier: tokens become one vector, and the vector a number for each class. Knows no family.
import type { Tensors } from '../operations/operation.js';
import { named } from '../operations/operation.js';
import { attend } from '../operations/attention.js';
import { gelu } from '../operations/gelu.js';
import { linear } from '../operations/linear.js';
import { tf } from '../operations/tfjs.js';
import { type ModelParameter, zeros } from './initial.js';
import type { ClassifierConfig, classifierPoolingNames } from './model-config.js';
import { dense, denseOf, expansion, norm, normOf } from './transformer-block.js';

type Pooling = {
  /** Beside the norm and the last layer. */
  readonly parameters: (width: number) => readonly ModelParameter[];
  /** `[B, n, D]` → `[B, D]` */
  readonly pool: (parameters: Tensors, tokens: tf.Tensor) => tf.Tensor;
};

/** Width of a head of attention, where the tokens' width allows it. */
const headWidth = 32;

const poolings: { readonly [Name in (typeof classifierPoolingNames)[number]]: Pooling } = {
  mean: { parameters: () => [], pool: (_, tokens) => tf.mean(tokens, 1) },

  /** One learned query asks all tokens, and a small network follows (Bardes et al. 2024, V-JEPA, appendix D). */
  attentive: {
    parameters: (width) => [
      {
        name: 'pooler.query',
        shape: [1, 1, width],
        decay: false,
        initial: { kind: 'normal', deviation: 0.02 },
      },
      ...norm('pooler.norm_tokens', width),
      ...dense('pooler.key', width, width),
      ...dense('pooler.value', width, width),
      ...dense('pooler.output', width, width),
      ...norm('pooler.norm_answer', width),
      ...dense('pooler.wide', width, expansion * width),
      ...dense('pooler.narrow', expansion * width, width),
    ],
    pool: (parameters, tokens) => {
      const [batch = 1, , width = 1] = tokens.shape;
      const heads = width % headWidth === 0 ? width / headWidth : 1;
      const seen = normOf(parameters, 'pooler.norm_tokens', tokens);
      const query = tf.add(named(parameters, 'pooler.query'), tf.zeros([batch, 1, width]));
      const found = attend(
        query,
        denseOf(parameters, 'pooler.key', seen),
        denseOf(parameters, 'pooler.value', seen),
        heads,
      );
      const answer = tf.add(query, denseOf(parameters, 'pooler.output', found));
      const wide = gelu(denseOf(parameters, 'pooler.wide', normOf(parameters, 'pooler.norm_answer', answer)));
      return tf.reshape(tf.add(answer, denseOf(parameters, 'pooler.narrow', wide)), [batch, width]);
    },
  },
};

/** The parameters of a classifier. @param width D of the tokens */
export function classifierParameters({ labels, pooling }: ClassifierConfig, width: number): readonly ModelParameter[] {
  const classes = labels.length;
  return [
    ...poolings[pooling].parameters(width),
    ...norm('fc_norm', width),
    // Zeros: all classes begin alike, whatever the encoder gives.
    { name: 'classifier.weight', shape: [classes, width], decay: true, initial: zeros },
    { name: 'classifier.bias', shape: [classes], decay: false, initial: zeros },
  ];
}

/** `[B, n, D]` → logits `[B, K]` */
export function classify({ pooling }: ClassifierConfig, parameters: Tensors, tokens: tf.Tensor): tf.Tensor {
  const pooled = normOf(parameters, 'fc_norm', poolings[pooling].pool(parameters, tokens));
  return linear(pooled, named(parameters, 'classifier.weight'), named(parameters, 'classifier.bias'));
}
