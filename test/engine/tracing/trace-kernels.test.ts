import { expect } from 'chai';
import { activationKernels } from '../../../lib/engine/tracing/activation-kernels.js';
import { axisKernels } from '../../../lib/engine/tracing/axis-kernels.js';
import { comparisonKernels } from '../../../lib/engine/tracing/comparison-kernels.js';
import { constantKernels } from '../../../lib/engine/tracing/constant-kernels.js';
import { elementKernels } from '../../../lib/engine/tracing/element-kernels.js';
import { indexKernels } from '../../../lib/engine/tracing/index-kernels.js';
import { layoutKernels } from '../../../lib/engine/tracing/layout-kernels.js';
import { productKernels } from '../../../lib/engine/tracing/product-kernels.js';
import { reductionKernels } from '../../../lib/engine/tracing/reduction-kernels.js';
import { resizeKernels } from '../../../lib/engine/tracing/resize-kernels.js';
import { windowKernels } from '../../../lib/engine/tracing/window-kernels.js';
import { traceKernels } from '../../../lib/engine/tracing/trace-kernels.js';

const families = [
  activationKernels,
  axisKernels,
  comparisonKernels,
  constantKernels,
  elementKernels,
  indexKernels,
  layoutKernels,
  productKernels,
  reductionKernels,
  resizeKernels,
  windowKernels,
];

describe('traceKernels', () => {
  it('has the kernels of every family, none of them twice', () => {
    const names = families.flatMap(Object.keys);
    expect(new Set(names).size).to.equal(names.length);
    expect(Object.keys(traceKernels).sort()).to.deep.equal(names.sort());
  });
});
