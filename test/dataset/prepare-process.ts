// Runs prepare in a process of its own, so that a test can kill it. Takes the options as JSON; writes a line a video.
import { prepare } from '../../lib/dataset/prepare.js';
import type { PrepareOptions } from '../../lib/dataset/prepare-options.js';

const options = JSON.parse(process.argv[2] ?? '') as PrepareOptions;
await prepare(options, { onProgress: ({ done }) => process.stdout.write(`${done}\n`) });
