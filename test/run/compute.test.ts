import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { tensorflowPackages } from '../../lib/engine/load-tensorflow.js';
import { type Compute, openCompute } from '../../lib/run/compute.js';
import { startCommand } from '../cli/start-command.js';
import { isLoadable } from '../engine/loadable.js';
import { layoutOf, noisePixels, smallConv } from '../model/small-models.js';
import { rejectionOf } from '../video/made-videos.js';

const hasTensorflow = isLoadable(...tensorflowPackages);

describe('openCompute', () => {
  const opened: Compute[] = [];
  const open = async (): Promise<Compute> => {
    const compute = await openCompute({ model: smallConv, engine: 'reference', threads: 1 });
    opened.push(compute);
    return compute;
  };
  let compute: Compute;
  before(async () => {
    compute = await open();
  });
  after(() => Promise.all(opened.map((one) => one.close())));

  it('says which parameters the model has', () => {
    expect(compute.layout).to.deep.equal(layoutOf(smallConv));
  });

  it('answers calls in the order in which they were made', async () => {
    const ended: string[] = [];
    const pixels = noisePixels(smallConv, 1, 1);
    const calls = [
      compute.call('initialise', { seed: 1 }).then(() => ended.push('initialise')),
      compute.call('embed', { pixels, clips: 1, batch: 1 }).then(() => ended.push('embed')),
      compute.call('embed', { pixels, clips: 1, batch: 0 }).catch(() => ended.push('refused')),
      compute.call('readState', undefined).then(() => ended.push('readState')),
    ];
    await Promise.all(calls);
    expect(ended).to.deep.equal(['initialise', 'embed', 'refused', 'readState']);
  });

  it('hands memory over where it is told to, and only there', async () => {
    const [kept, given] = [noisePixels(smallConv, 1, 1), noisePixels(smallConv, 1, 1)];
    const h = await compute.call('embed', { pixels: kept, clips: 1, batch: 1 });
    expect(kept).to.have.length(4 * 16 * 16 * 3);
    expect(await compute.call('embed', { pixels: given, clips: 1, batch: 1 }, [given.buffer])).to.deep.equal(h);
    expect(given).to.have.length(0);
  });

  it('fails where memory is handed over that was handed over before, or that cannot be sent', async () => {
    const careless = await open();
    const pixels = noisePixels(smallConv, 1, 1);
    await careless.call('embed', { pixels, clips: 1, batch: 1 }, [pixels.buffer]);
    const copied = careless.call('embed', { pixels, clips: 1, batch: 1 });
    expect(await rejectionOf(copied)).to.have.property('name', 'DataCloneError');
    expect((await careless.call('readState', undefined)).parameters).to.have.length(careless.layout.length);
    const again = careless.call('embed', { pixels, clips: 1, batch: 1 }, [pixels.buffer]);
    expect(await rejectionOf(again)).to.be.instanceOf(Error);
  });

  it('throws what the thread throws, with the lines where it came from, and goes on', async () => {
    const call = compute.call('embed', { pixels: new Uint8Array(5), clips: 1, batch: 1 });
    const error = await rejectionOf(call);
    expect(error).to.be.instanceOf(Error).and.not.instanceOf(LacunaError);
    expect(error).to.have.property('message').that.includes('the input pixels must hold 3072 values, got 5');
    expect(error).to.have.property('stack').that.includes('compute-worker');
    expect((await compute.call('readState', undefined)).parameters).to.have.length(compute.layout.length);
  });

  (hasTensorflow ? it.skip : it)(
    `throws a sentence for a person where the engine does not load${hasTensorflow ? ' (left out: it does)' : ''}`,
    async () => {
      const error = await rejectionOf(openCompute({ model: smallConv, engine: 'tensorflow', threads: 1 }));
      expect(error).to.be.instanceOf(LacunaError).with.property('kind', 'input');
      expect(error).to.have.property('message').that.includes('--engine onnx');
    },
  );

  it('answers what was asked before it closes, and refuses everything after', async () => {
    const closing = await open();
    const last = closing.call('readState', undefined);
    await Promise.all([closing.close(), closing.close()]);
    expect((await last).parameters).to.have.length(closing.layout.length);
    const error = await rejectionOf(closing.call('readState', undefined));
    expect(error).to.have.property('message', 'the model was used after it was closed');
    await closing.close();
  });
});

describe('the thread of a model', () => {
  const script = fileURLToPath(new URL('thread-process.ts', import.meta.url));
  const start = (words: readonly string[], ...imports: readonly string[]) =>
    startCommand(words, { script, nodeArguments: ['tsx', ...imports].map((name) => `--import=${name}`) });

  it('does not keep a process that has nothing else to do', async () => {
    expect(await start([])).to.include({ code: 0, stdout: 'initialise: done\nreadState: done\n' });
  });

  it('fails all calls once it has ended, and lets itself be closed', async () => {
    const ending = `
      import { isMainThread, parentPort } from 'node:worker_threads';
      if (!isMainThread) {
        const listen = parentPort.on.bind(parentPort);
        parentPort.on = (event, listener) =>
          listen(event, (request) => (request.name === 'initialise' ? process.exit(7) : listener(request)));
      }`;
    const { stdout, code } = await start(['close'], `data:text/javascript,${encodeURIComponent(ending)}`);
    const error = 'Error: the thread of the engine ended with code 7';
    expect(stdout.split('\n')).to.deep.equal([`initialise: ${error}`, `readState: ${error}`, 'close: done', '']);
    expect(code).to.equal(0);
  });
});
