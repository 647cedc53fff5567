// Owns what is kept of an experiment between calls: one folder a piece of work, one file a stage that is done. Knows nothing of what
// is done in it.
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { writeWhole } from '../../dist/dataset/durable-file.js';
import { readJsonFile } from '../../dist/formats/json-file.js';

/** A piece of work that has a folder of its own, told from all others by its configuration. */
export type Work = {
  /** The folder; for checkpoints and the like. */
  readonly folder: string;
  /**
   * The result of a stage: read where it was kept, else made and kept.
   * @param stage what the file is called; each stage of a piece of work has its own
   */
  readonly keep: <Result>(stage: string, schema: z.ZodType<Result>, make: () => Promise<Result>) => Promise<Result>;
};

const configName = 'config.json';

/** Letters of the configuration's hash in the name of a folder: enough to tell apart what one person tries. */
const hashLetters = 10;

/**
 * Opens the folder of a piece of work, and makes it where it is missing.
 * @param name what it begins with, for a person to read
 * @param config everything that decides the results, as JSON keeps it; another configuration is another folder
 */
export async function openWork(root: string, name: string, config: unknown): Promise<Work> {
  const text = JSON.stringify(config);
  const hash = createHash('sha256').update(text).digest('hex').slice(0, hashLetters);
  const folder = join(root, `${name}-${hash}`);
  await mkdir(folder, { recursive: true });
  const found = await readJsonFile(join(folder, configName), z.unknown());
  if (!isDeepStrictEqual(found, JSON.parse(text))) {
    await writeWhole(folder, configName, [`${JSON.stringify(config, undefined, 2)}\n`]);
  }
  return {
    folder,
    async keep(stage, schema, make) {
      const file = `${stage}.json`;
      const kept = await readJsonFile(join(folder, file), schema);
      if (kept !== undefined) return kept;
      const result = await make();
      await writeWhole(folder, file, [`${JSON.stringify(result)}\n`]);
      return result;
    },
  };
}
