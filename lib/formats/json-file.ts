// Owns the reading of small files of JSON that may be missing or cut off. Knows nothing of what they say.
import { readFile } from 'node:fs/promises';
import type { z } from 'zod';

/** What a file holds; nothing where it is missing, or holds something else, as after a power cut. */
export async function readJsonFile<Value>(file: string, schema: z.ZodType<Value>): Promise<Value | undefined> {
  try {
    return schema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  }
}
