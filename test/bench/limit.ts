// Owns what the limit of a machine is measured on and how it is named; `limit-side.ts` measures it.
import { z } from 'zod';
import type { Product } from './model-flops.js';

const product = z.object({
  name: z.string(),
  products: z.int().min(1),
  rows: z.int().min(1),
  inner: z.int().min(1),
  columns: z.int().min(1),
  transposed: z.boolean(),
});

/** What `limit-side.ts` is told. */
export const limitTaskSchema = z.object({ products: z.array(product), threads: z.int().min(1) });

/** What a round of it comes to. */
export const limitAnswerSchema = z.object({
  rates: z.array(z.object({ product: z.string(), threads: z.int(), flopsPerSecond: z.number() })),
});

/** See {@link limitAnswerSchema}. */
export type LimitAnswer = z.infer<typeof limitAnswerSchema>;

/** The best rate, and of what. */
export type Limit = { readonly name: string; readonly flopsPerSecond: number };

const cube = { name: '1024³', products: 1, rows: 1024, inner: 1024, columns: 1024, transposed: false };

/** The task of measuring the cube of 1024 and these products of a model. */
export function createLimitTask(products: readonly Product[], threads: number): z.infer<typeof limitTaskSchema> {
  return { products: [cube, ...products.map((model) => ({ ...model, name: nameOf(model) }))], threads };
}

/** The best of all rounds. @throws {RangeError} where there is none. */
export function findLimit(answers: readonly LimitAnswer[]): Limit {
  const [first, ...others] = answers.flatMap(({ rates }) => rates);
  if (first === undefined) throw new RangeError('no rate was measured');
  const best = others.reduce((most, rate) => (rate.flopsPerSecond > most.flopsPerSecond ? rate : most), first);
  return {
    name: `onnxruntime's product ${best.product}, ${best.threads} ${best.threads === 1 ? 'thread' : 'threads'}`,
    flopsPerSecond: best.flopsPerSecond,
  };
}

function nameOf({ name, products, rows, inner, columns }: Product): string {
  const times = products === 1 ? '' : `${products} of `;
  return `${times}${rows} × ${inner} × ${columns} (${name})`;
}
