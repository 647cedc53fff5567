// Owns the check of a call's options at the border: a schema, and one sentence for whatever is wrong. Knows no option.
import type { z } from 'zod';
import { LacunaError } from './lacuna-error.js';

/**
 * The options with every default in its place.
 * @param call what the sentence begins with, such as `prepare`
 * @throws {LacunaError} `usage` where one is unknown or out of its range.
 */
export function checkOptions<Schema extends z.ZodType>(
  schema: Schema,
  options: unknown,
  call: string,
): z.output<Schema> {
  const parsed = schema.safeParse(options, { reportInput: true });
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map(({ path, message, input }) =>
    [path.join('.'), `${message}${describeGiven(message, input)}`].filter(Boolean).join(': '),
  );
  throw new LacunaError('usage', `${call} cannot take these options: ${wrong.join('; ')}.`, { cause: parsed.error });
}

/** `, got "x"` after a message that does not say what came. */
function describeGiven(message: string, input: unknown): string {
  const isShort = typeof input === 'string' || typeof input === 'number';
  return isShort && !message.includes('received') ? `, got ${JSON.stringify(input)}` : '';
}
