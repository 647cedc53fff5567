// Owns the move of square blocks of places into channels and back, in NCHW; each is the other's gradient.
import * as tf from '@tensorflow/tfjs';
import { named, runForOne, type Operation } from './operation.js';

/**
 * `[B, C, H, W]` → `[B, s·s·C, H/s, W/s]`, channels ordered (row in the block, column in the block, channel).
 * H and W are multiples of `size`.
 */
export function spaceToDepth(x: tf.Tensor, size: number): tf.Tensor {
  return runForOne(spaceToDepthOperation, { x }, { size });
}

/** `[B, s·s·C, H, W]` → `[B, C, H·s, W·s]`: the inverse of {@link spaceToDepth} (pixel shuffle, Shi et al. 2016). */
export function depthToSpace(x: tf.Tensor, size: number): tf.Tensor {
  return runForOne(depthToSpaceOperation, { x }, { size });
}

/** See {@link spaceToDepth}. */
export const spaceToDepthOperation: Operation = {
  name: 'Lacuna.SpaceToDepth',
  compose: (inputs, attributes) => {
    const x = named(inputs, 'x');
    const size = named(attributes, 'size');
    const [batch = 1, channels = 1, height = 1, width = 1] = x.shape;
    const apart = tf.reshape(x, [batch, channels, height / size, size, width / size, size]);
    const moved = tf.transpose(apart, [0, 3, 5, 1, 2, 4]);
    return [tf.reshape(moved, [batch, size * size * channels, height / size, width / size])];
  },
  emit: (graph, inputs, attributes) => {
    const x = named(inputs, 'x');
    const size = named(attributes, 'size');
    const [batch = 1, channels = 1, height = 1, width = 1] = x.shape;
    const shape = [batch, size * size * channels, height / size, width / size];
    return [graph.node('SpaceToDepth', [x], { shape }, { attributes: { blocksize: size } })];
  },
  gradient: {
    inputs: [],
    compute: (gradient, _, attributes) => ({ x: () => depthToSpace(gradient, named(attributes, 'size')) }),
  },
};

/** See {@link depthToSpace}. */
export const depthToSpaceOperation: Operation = {
  name: 'Lacuna.DepthToSpace',
  compose: (inputs, attributes) => {
    const x = named(inputs, 'x');
    const size = named(attributes, 'size');
    const [batch = 1, all = 1, height = 1, width = 1] = x.shape;
    const channels = all / (size * size);
    const apart = tf.reshape(x, [batch, size, size, channels, height, width]);
    const moved = tf.transpose(apart, [0, 3, 4, 1, 5, 2]);
    return [tf.reshape(moved, [batch, channels, height * size, width * size])];
  },
  emit: (graph, inputs, attributes) => {
    const x = named(inputs, 'x');
    const size = named(attributes, 'size');
    const [batch = 1, all = 1, height = 1, width = 1] = x.shape;
    const shape = [batch, all / (size * size), height * size, width * size];
    return [graph.node('DepthToSpace', [x], { shape }, { attributes: { blocksize: size, mode: 'DCR' } })];
  },
  gradient: {
    inputs: [],
    compute: (gradient, _, attributes) => ({ x: () => spaceToDepth(gradient, named(attributes, 'size')) }),
  },
};
