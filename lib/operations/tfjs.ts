// Owns how tfjs is loaded; everything in lib takes it from here. Knows nothing of what is computed with it.
import { createRequire } from 'node:module';
import type * as tfjs from '@tensorflow/tfjs';

/**
 * tfjs. Required, and not imported: Node reads through all of a CommonJS package's text for its names before an import, here 5 MB,
 * which takes longer than loading it (350 and 110 ms on the same machine).
 */
export const tf = createRequire(import.meta.url)('@tensorflow/tfjs') as typeof tfjs;

// eslint-disable-next-line @typescript-eslint/no-namespace -- the types beside the values, as an import of the package has them
export declare namespace tf {
  export type BackendValues = tfjs.BackendValues;
  export type DataType = tfjs.DataType;
  export type GradSaveFunc = tfjs.GradSaveFunc;
  export type KernelBackend = tfjs.KernelBackend;
  export type NamedAttrMap = tfjs.NamedAttrMap;
  export type Rank = tfjs.Rank;
  export type Tensor<R extends tfjs.Rank = tfjs.Rank> = tfjs.Tensor<R>;
  export type Tensor1D = tfjs.Tensor1D;
  export type Tensor2D = tfjs.Tensor2D;
  export type Tensor3D = tfjs.Tensor3D;
  export type Tensor4D = tfjs.Tensor4D;
  export type TensorInfo = tfjs.TensorInfo;
}
