// Owns the measured limit of the machine: the rate of onnxruntime's own matrix product over given shapes, both operands as inputs,
// with one thread and with all. Runs as a process of its own, of the same kind as our side.
import type { z } from 'zod';
import { loadOnnxRuntime } from '../../dist/engine/onnx-runtime.js';
import { OnnxGraph } from '../../dist/formats/onnx-graph.js';
import { limitTaskSchema, type LimitAnswer } from './limit.js';
import { productFlops } from './model-flops.js';
import { serveRounds, timeShortest } from './serve-rounds.js';

type LimitProduct = z.infer<typeof limitTaskSchema>['products'][number];

/** Of one product with one number of threads, in one round. */
const secondsEach = 0.1;

await serveRounds(async (given) => {
  const { products, threads } = limitTaskSchema.parse(given);
  const runtime = await loadOnnxRuntime('onnxruntime-node');
  const prepared = products.map((product) => {
    const { first, second } = shapesOf(product);
    return {
      product,
      graph: createGraph(product),
      feeds: {
        first: new runtime.Tensor('float32', createOperand(first), first),
        second: new runtime.Tensor('float32', createOperand(second), second),
      },
    };
  });
  return async (): Promise<LimitAnswer> => {
    const rates: LimitAnswer['rates'] = [];
    for (const { product, graph, feeds } of prepared) {
      for (const count of new Set([1, threads])) {
        // One session at a time: the threads of another would wait for work on the same cores.
        const session = await runtime.InferenceSession.create(graph, await runtime.sessionOptions('cpu', count));
        const run = () => session.run(feeds);
        await run();
        const seconds = await timeShortest(run, secondsEach);
        await session.release();
        rates.push({ product: product.name, threads: count, flopsPerSecond: productFlops(product) / seconds });
      }
    }
    return { rates };
  };
});

/** The product, and of it one number for each: what is fetched is copied, and the copy is not what is measured. */
function createGraph(product: LimitProduct): Uint8Array {
  const { rows, columns, products, transposed } = product;
  const graph = new OnnxGraph('product');
  const { first, second } = shapesOf(product);
  const operands = [graph.input('first', 'float32', first), graph.input('second', 'float32', second)];
  const whole = graph.node(
    'FusedMatMul',
    operands,
    { shape: [products, rows, columns] },
    { domain: 'com.microsoft', attributes: { transA: 0, transB: transposed ? 1 : 0, alpha: { float: 1 } } },
  );
  const corner = [
    [0, 0],
    [1, 1],
    [1, 2],
  ].map((part) => graph.integers(part));
  return graph.encode({ corner: graph.node('Slice', [whole, ...corner], { shape: [products, 1, 1] }) });
}

function shapesOf({ products, rows, inner, columns, transposed }: LimitProduct): {
  readonly first: readonly number[];
  readonly second: readonly number[];
} {
  const second = transposed ? [columns, inner] : [inner, columns];
  return { first: [products, rows, inner], second: [products, ...second] };
}

/** Values from −0.5 to 0.5 that no kernel can take a short cut for. */
function createOperand(shape: readonly number[]): Float32Array {
  const values = new Float32Array(shape.reduce((size, length) => size * length, 1));
  for (let index = 0; index < values.length; index++) values[index] = ((index * 7919) % 1009) / 1009 - 0.5;
  return values;
}
