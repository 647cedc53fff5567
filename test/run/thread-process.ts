// Opens a tiny model in a process of its own, makes two calls and says how each ended; closes it where it is told to.
import { openCompute } from '../../lib/run/compute.js';
import { smallConv } from '../model/small-models.js';

const say = (what: string) => process.stdout.write(`${what}\n`);
const tell = (name: string, call: Promise<unknown>) =>
  call.then(
    () => say(`${name}: done`),
    (error: unknown) => say(`${name}: ${String(error)}`),
  );

const compute = await openCompute({ model: smallConv, engine: 'reference', threads: 1 });
await tell('initialise', compute.call('initialise', { seed: 1 }));
await tell('readState', compute.call('readState', undefined));
if (process.argv[2] === 'close') await tell('close', compute.close());
