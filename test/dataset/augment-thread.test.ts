import { expect } from 'chai';
import { fileURLToPath } from 'node:url';
import { createAugmenter } from '../../lib/clip/augment-clips.js';
import { clipLength } from '../../lib/clip/clip.js';
import { drawAugmentations } from '../../lib/clip/draw-augmentation.js';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { type AugmentThread, openAugmentThread } from '../../lib/dataset/augment-thread.js';
import { startCommand } from '../cli/start-command.js';
import { rejectionOf } from '../video/made-videos.js';

const shape = { frames: 2, height: 10, width: 12, channels: 3 };
const task = { shape, batch: 4, repeat: 2, seed: 9, flip: true, crop: 0.5, colour: 0.2, hue: 0.1 };
const noise = (salt: number) =>
  Uint8Array.from({ length: 4 * clipLength(shape) }, (_, index) => (index * 37 + salt) & 255);

describe('openAugmentThread', () => {
  let thread: AugmentThread;
  before(() => {
    thread = openAugmentThread(task);
  });
  after(() => thread.close());

  it('changes batches as the step says, several at once, and hands the memory there and back', async () => {
    const given = [3, 0, 7].map((step) => ({ step, pixels: noise(step) }));
    const changed = given.map(({ step, pixels }) => thread.augment(step, pixels));
    expect(given.map(({ pixels }) => pixels.length)).to.deep.equal([0, 0, 0]);
    for (const [index, { step }] of given.entries()) {
      const expected = noise(step);
      createAugmenter(shape)(expected, drawAugmentations(task, shape, { seed: 9, step, count: 4 }), 2);
      expect(await changed[index]).to.deep.equal(expected);
    }
  });

  it('says in a sentence what went wrong, and goes on', async () => {
    const error = await rejectionOf(thread.augment(1, new Uint8Array(5)));
    expect(error).to.be.instanceOf(LacunaError).with.property('kind', 'input');
    expect(error)
      .to.have.property('message')
      .that.matches(/^The thread that crops and mirrors clips failed \(.*got 5\); run the same command again.*\.$/);
    expect(await thread.augment(1, noise(1))).to.have.length(4 * clipLength(shape));
  });

  it('fails what it was at when it is closed, and everything after', async () => {
    const closing = openAugmentThread(task);
    await closing.augment(0, noise(0));
    const lost = rejectionOf(closing.augment(1, noise(1)));
    await closing.close();
    for (const error of [await lost, await rejectionOf(closing.augment(2, noise(2)))]) {
      expect(error).to.be.instanceOf(LacunaError).with.property('message').that.includes('it ended with code 1');
    }
    await closing.close();
  });
});

describe('the thread that changes clips', () => {
  const script = fileURLToPath(new URL('augment-process.ts', import.meta.url));
  const start = (...imports: readonly string[]) =>
    startCommand([], { script, nodeArguments: ['tsx', ...imports].map((name) => `--import=${name}`) });

  it('does not keep a process that has nothing else to do', async () => {
    expect(await start()).to.include({ code: 0, stdout: 'load: done\nload: done\n' });
  });

  it('fails all that wait once it has ended, in a sentence', async () => {
    const ending = `
      import { isMainThread, parentPort } from 'node:worker_threads';
      if (!isMainThread) {
        const listen = parentPort.on.bind(parentPort);
        parentPort.on = (event, listener) => listen(event, (batch) => (batch.step > 0 ? process.exit(7) : listener(batch)));
      }`;
    const { stdout, code } = await start(`data:text/javascript,${encodeURIComponent(ending)}`);
    expect(stdout).to.match(
      /^load: done\nload: LacunaError: The thread .* failed \(it ended with code 7\); run .*\.\n$/,
    );
    expect(code).to.equal(0);
  });
});
