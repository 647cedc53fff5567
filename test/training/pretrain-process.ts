// Runs pretrain in a process of its own and kills it after a step. Takes the options as JSON, and the step.
import { pretrain } from '../../lib/training/pretrain.js';
import type { PretrainOptions } from '../../lib/training/pretrain-options.js';

const options = JSON.parse(process.argv[2] ?? '') as PretrainOptions;
const last = Number(process.argv[3]);
await pretrain(options, { onProgress: ({ done }) => done === last && process.kill(process.pid, 'SIGKILL') });
