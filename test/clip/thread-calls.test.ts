import { expect } from 'chai';
import { openThread, type ThreadCalls } from '../../lib/clip/thread-calls.js';
import { rejectionOf } from '../video/made-videos.js';

type Request = { readonly values: Float32Array<ArrayBuffer>; readonly waits?: number; readonly ends?: boolean };
type Answer = { readonly sum: number };

/** Adds up numbers, after so many milliseconds. */
const file = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from 'node:worker_threads';
    parentPort.on('message', ({ id, values, waits = 0, ends = false }) => {
      if (ends) process.exit(7);
      setTimeout(() => parentPort.postMessage({ id, sum: values.reduce((sum, value) => sum + value, 0) }), waits);
    });
  `)}`,
);
const open = (failed?: (error: Error) => Error): ThreadCalls<Request, Answer> =>
  openThread<Request, Answer>(file, { name: 'the adder', ...(failed ? { failed } : {}) });
const sumOf = ({ sum }: Answer) => sum;

describe('openThread', () => {
  it('gives each request its own answer, whichever comes first', async () => {
    const thread = open();
    const asked = [
      thread.ask({ values: Float32Array.of(1, 2), waits: 50 }),
      thread.ask({ values: Float32Array.of(5) }),
    ];
    expect((await Promise.all(asked)).map(sumOf)).to.deep.equal([3, 5]);
    await thread.end();
  });

  it('hands memory over where it is told to, and goes on after what cannot be sent', async () => {
    const thread = open();
    const values = Float32Array.of(4);
    expect(sumOf(await thread.ask({ values }))).to.equal(4);
    expect(sumOf(await thread.ask({ values }, [values.buffer]))).to.equal(4);
    expect(values).to.have.length(0);
    expect(await rejectionOf(thread.ask({ values }))).to.have.property('name', 'DataCloneError');
    expect(sumOf(await thread.ask({ values: Float32Array.of(6) }))).to.equal(6);
    await thread.end();
  });

  it('fails all that wait once it has ended, and everything after', async () => {
    const thread = open((error) => new RangeError(`told: ${error.message}`));
    const values = Float32Array.of(1);
    const lost = [thread.ask({ values, waits: 60_000 }), thread.ask({ values, ends: true })].map(rejectionOf);
    for (const error of [...(await Promise.all(lost)), await rejectionOf(thread.ask({ values }))]) {
      expect(error).to.be.instanceOf(RangeError).with.property('message', 'told: the adder ended with code 7');
    }
    await thread.end();
  });
});
