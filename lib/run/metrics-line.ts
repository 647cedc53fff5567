// Owns what a line of `metrics.jsonl` says. Knows nothing of how its numbers come about.
import { z } from 'zod';

/** A number; `null` stands for one that is none, as JSON has no word for it. */
const value = z.number().nullable();

const schema = z.object({
  step: z.int().min(0),
  loss: value,
  hide: z.string().optional(),
  losses: z.record(z.string(), value).optional(),
  validation: z.record(z.string(), value).optional(),
});

/** One step, as far as its losses go; NaN where a number is missing. */
export type StepLosses = {
  /** From 1. */
  readonly step: number;
  /** By kind of mask, as it is written after `--hide`. */
  readonly losses: Readonly<Record<string, number>>;
  /** The same on held-out clips, where they were measured after this step. */
  readonly validation: Readonly<Record<string, number>>;
};

/** Reads a line; nothing where it is none of a step. */
export function parseMetricsLine(line: unknown): StepLosses | undefined {
  const parsed = schema.safeParse(line).data;
  if (parsed === undefined) return undefined;
  const { step, hide, loss, losses = hide === undefined ? undefined : { [hide]: loss }, validation = {} } = parsed;
  if (losses === undefined) return undefined;
  return { step, losses: withNumbers(losses), validation: withNumbers(validation) };
}

function withNumbers(values: Readonly<Record<string, number | null>>): Record<string, number> {
  return Object.fromEntries(Object.entries(values).map(([name, number]) => [name, number ?? NaN]));
}
