// Owns what tells a dataset from all others, read in little memory. Knows nothing of what is in it.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { datasetNames } from './dataset-files.js';

/** The `fingerprint` of an open dataset, without opening it: SHA-256 of `dataset.json` and `clips.jsonl`, in hexadecimal. */
export async function readFingerprint(folder: string): Promise<string> {
  const hash = createHash('sha256');
  for (const name of [datasetNames.description, datasetNames.clips]) {
    for await (const chunk of createReadStream(join(folder, name))) hash.update(chunk as Buffer);
  }
  return hash.digest('hex');
}
