// Owns the table of fused operations. Knows nothing of the engines that register them.
import { convolution, convolutionInputGradient } from './convolution.js';
import { geluOperation } from './gelu.js';
import { layerNormOperation } from './layer-norm.js';
import type { Operation } from './operation.js';

/** Every operation that an engine must register before it runs a model. */
export const operations: readonly Operation[] = [
  convolution,
  convolutionInputGradient,
  geluOperation,
  layerNormOperation,
];
