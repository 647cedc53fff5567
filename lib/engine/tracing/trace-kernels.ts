// Owns the one table of kernels that can be traced. A new family is one file and one line here.
import { elementKernels } from './element-kernels.js';
import { layoutKernels } from './layout-kernels.js';
import { productKernels } from './product-kernels.js';
import { reductionKernels } from './reduction-kernels.js';
import type { TraceKernels } from './trace-kernel.js';

/** All kernels of tfjs that can be traced, by their names. */
export const traceKernels: TraceKernels = {
  ...elementKernels,
  ...layoutKernels,
  ...productKernels,
  ...reductionKernels,
};
