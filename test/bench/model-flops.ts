// Owns the arithmetic of the models: which matrix products one batch takes, and how many floating-point operations that is.
// Knows nothing of how an engine runs them.
//
// A k × k convolution is counted as the product of the neighbourhoods of all places with its weight, the places beyond the edge
// among them. What only prepares the input and has no weight (the conv family's mean and blend) is not counted, nor is anything
// that is no product: norms, activations, softmax, the optimiser.
import { gridOfModel, type ConvConfig, type ModelConfig, type VitConfig } from '../../dist/model/model-config.js';
import { tokenLength } from '../../dist/clip/token-grid.js';

/** How a model is used on a batch. */
export type ModelUse = {
  /** `step`: forward with the head, backward. `forward`: the encoder alone. */
  readonly what: 'step' | 'forward';
  /** B, clips. */
  readonly batch: number;
  /** Nv, tokens of each clip that are seen; all others are hidden. */
  readonly visible: number;
};

/** `[products, rows, inner] · [products, inner, columns]`, which the model runs `count` times in its forward pass. */
export type Product = {
  /** Where in the model it first stands. */
  readonly name: string;
  /** Independent products that run as one: samples × heads in attention, otherwise 1. */
  readonly products: number;
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  /** Whether the second operand lies as `[columns, inner]`, as weights and keys do. */
  readonly transposed: boolean;
  readonly count: number;
};

/** Two for each multiply-add. */
export function productFlops({ products, rows, inner, columns }: Omit<Product, 'count'>): number {
  return 2 * products * rows * inner * columns;
}

/** FLOPs of one clip: the backward pass is twice the forward pass, since each product has a gradient for either operand. */
export function flopsOfClip(config: ModelConfig, use: ModelUse): number {
  const forward = forwardProducts(config, use).reduce((sum, product) => sum + product.count * productFlops(product), 0);
  return ((use.what === 'step' ? 3 : 1) * forward) / use.batch;
}

/** The largest products of the forward pass, no two of the same shape. */
export function largestProducts(config: ModelConfig, use: ModelUse, most: number): readonly Product[] {
  const byShape = new Map<string, Product>();
  for (const product of forwardProducts(config, use)) {
    const { products, rows, inner, columns, transposed } = product;
    const shape = [products, rows, inner, columns, transposed].join();
    if (!byShape.has(shape)) byShape.set(shape, product);
  }
  return [...byShape.values()].sort((one, other) => productFlops(other) - productFlops(one)).slice(0, most);
}

/** All products of one forward pass over a batch, in order. */
export function forwardProducts(config: ModelConfig, use: ModelUse): readonly Product[] {
  return config.family === 'vit' ? vitProducts(config, use) : convProducts(config, use);
}

function vitProducts(config: VitConfig, { what, batch, visible }: ModelUse): Product[] {
  const { width, depth, heads, decoderWidth, decoderDepth, decoderHeads } = config;
  const grid = gridOfModel(config);
  const length = tokenLength(grid);
  const encoder = [
    linear('patch embedding', batch * visible, length, width),
    ...blockProducts('encoder', batch, visible, width, heads, depth),
  ];
  if (what === 'forward') return encoder;
  return [
    ...encoder,
    linear('bridge', batch * visible, width, decoderWidth),
    // The decoder runs over all tokens; only the hidden ones go through the head.
    ...blockProducts('decoder', batch, grid.tokens, decoderWidth, decoderHeads, decoderDepth),
    linear('head', batch * (grid.tokens - visible), decoderWidth, length),
  ];
}

function blockProducts(
  where: string,
  batch: number,
  tokens: number,
  width: number,
  heads: number,
  depth: number,
): Product[] {
  const rows = batch * tokens;
  const attention = { products: batch * heads, rows: tokens, count: depth };
  return [
    linear(`${where} query, key, value and output`, rows, width, width, 4 * depth),
    // q kᵀ, then its softmax times v.
    { ...attention, name: `${where} scores`, inner: width / heads, columns: tokens, transposed: true },
    { ...attention, name: `${where} mixing`, inner: tokens, columns: width / heads, transposed: false },
    linear(`${where} widening`, rows, width, 4 * width, depth),
    linear(`${where} narrowing`, rows, 4 * width, width, depth),
  ];
}

function convProducts(config: ConvConfig, { what, batch }: ModelUse): Product[] {
  const { width, depth, innerWidth, innerDepth } = config;
  const grid = gridOfModel(config);
  const length = tokenLength(grid);
  const fine = batch * grid.rows * grid.columns;
  const coarse = fine / 4;
  const encoder = [
    linear('stem of pixels', fine, grid.steps * length, width),
    linear('stem of the mean', fine, length, width),
    linear('stem of the mask', fine, grid.steps, width),
    // Two 3 × 3 convolutions in each residual block.
    linear('fine convolution', fine, 9 * width, width, 2 * depth),
    linear('halving', coarse, 4 * width, innerWidth),
    linear('coarse convolution', coarse, 9 * innerWidth, innerWidth, 2 * innerDepth),
  ];
  if (what === 'forward') return encoder;
  return [
    ...encoder,
    linear('doubling', coarse, innerWidth, 4 * width),
    linear('fine convolution of the head', fine, 9 * width, width, 2 * depth),
    linear('pixels', fine, width, grid.steps * length),
    linear('gate', fine, width, grid.steps),
  ];
}

function linear(name: string, rows: number, inner: number, columns: number, count = 1): Product {
  return { name, products: 1, rows, inner, columns, transposed: true, count };
}
