// Owns the one table of kernels that can be traced. A new family is one file and one line here.
import { activationKernels } from './activation-kernels.js';
import { axisKernels } from './axis-kernels.js';
import { comparisonKernels } from './comparison-kernels.js';
import { constantKernels } from './constant-kernels.js';
import { elementKernels } from './element-kernels.js';
import { indexKernels } from './index-kernels.js';
import { layoutKernels } from './layout-kernels.js';
import { productKernels } from './product-kernels.js';
import { reductionKernels } from './reduction-kernels.js';
import { resizeKernels } from './resize-kernels.js';
import type { TraceKernels } from './trace-kernel.js';
import { windowKernels } from './window-kernels.js';

/** All kernels of tfjs that can be traced, by their names. */
export const traceKernels: TraceKernels = {
  ...activationKernels,
  ...axisKernels,
  ...comparisonKernels,
  ...constantKernels,
  ...elementKernels,
  ...indexKernels,
  ...layoutKernels,
  ...productKernels,
  ...reductionKernels,
  ...resizeKernels,
  ...windowKernels,
};
