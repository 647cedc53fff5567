// Owns the table of fused operations. Knows nothing of the engines that register them.
import { absoluteOperation } from './absolute.js';
import { convolution, transposedConvolution } from './convolution.js';
import { depthwiseConvolution, depthwiseInputGradient, depthwiseWeightGradient } from './depthwise-convolution.js';
import { attention, attentionGradient } from './attention.js';
import { geluGradient, geluOperation } from './gelu.js';
import { layerNormGradient, layerNormOperation } from './layer-norm.js';
import { linearOperation } from './linear.js';
import { logSoftmaxOperation } from './log-softmax.js';
import { blockMotion, sampling } from './motion-compensation.js';
import type { Operation } from './operation.js';
import { rowSumOperation } from './row-sum.js';
import { sumSquaresOperation } from './sum-squares.js';
import { winogradConvolution, winogradInputGradient, winogradWeightGradient } from './winograd-convolution.js';

/** Every operation that an engine must register before it runs a model. */
export const operations: readonly Operation[] = [
  absoluteOperation,
  attention,
  attentionGradient,
  convolution,
  transposedConvolution,
  winogradConvolution,
  winogradInputGradient,
  winogradWeightGradient,
  depthwiseConvolution,
  depthwiseInputGradient,
  depthwiseWeightGradient,
  geluOperation,
  geluGradient,
  layerNormOperation,
  layerNormGradient,
  linearOperation,
  logSoftmaxOperation,
  blockMotion,
  sampling,
  rowSumOperation,
  sumSquaresOperation,
];
