import { expect } from 'chai';
import { inOrder } from '../../lib/clip/in-order.js';

const turn = () => new Promise<void>((go) => setImmediate(go));
type Item = { readonly job: number; readonly part: number };

/** Each job takes a different number of turns and gives as many items as its value. */
function createWork() {
  let working = 0;
  const seen = { mostWorking: 0, given: 0, ended: 0, mostAhead: 0, read: 0 };
  async function* produce(job: number): AsyncGenerator<Item, void> {
    working += 1;
    seen.mostWorking = Math.max(seen.mostWorking, working);
    try {
      for (let part = 0; part < job; part++) {
        for (let wait = 0; wait < (job * 7 + part) % 4; wait++) await turn();
        seen.given += 1;
        seen.mostAhead = Math.max(seen.mostAhead, seen.given - seen.read);
        yield { job, part };
      }
    } finally {
      working -= 1;
      seen.ended += 1;
    }
  }
  return { produce, seen };
}

describe('inOrder', () => {
  const jobs = [3, 0, 9, 1, 1, 20, 2, 0, 5, 7];
  const expected = jobs.flatMap((job) => Array.from({ length: job }, (_, part) => ({ job, part })));

  for (const bounds of [
    { jobs: 1, ahead: 1 },
    { jobs: 3, ahead: 1 },
    { jobs: 3, ahead: 8 },
    { jobs: 50, ahead: 1000 },
  ]) {
    it(`gives the same sequence with ${bounds.jobs} at once and ${bounds.ahead} ahead, within those bounds`, async () => {
      const { produce, seen } = createWork();
      const items: Item[] = [];
      const order: number[] = [];
      for await (const { job, items: ofJob } of inOrder(jobs, bounds, produce)) {
        order.push(job);
        for await (const item of ofJob) {
          items.push(item);
          seen.read += 1;
          if (items.length % 3 === 0) await turn();
        }
      }
      expect(order).to.deep.equal(jobs);
      expect(items).to.deep.equal(expected);
      expect(seen.mostWorking).to.be.at.most(bounds.jobs);
      // Beside those that wait, each job holds one item that it has just made.
      expect(seen.mostAhead).to.be.at.most(bounds.ahead + bounds.jobs + 2);
      expect(seen.ended).to.equal(jobs.length);
    });
  }

  it('works on later jobs while the first is slow', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((go) => (release = go));
    const done: number[] = [];
    async function* produce(job: number) {
      if (job === 0) await held;
      yield job;
      done.push(job);
    }
    const all = inOrder([0, 1, 2, 3], { jobs: 2, ahead: 10 }, produce);
    const first = await all.next();
    for (let turns = 0; turns < 20; turns++) await turn();
    expect(done).to.deep.equal([1, 2, 3]);
    release();
    const items: number[] = [];
    for await (const item of first.value?.items ?? []) items.push(item);
    for await (const { items: later } of all) for await (const item of later) items.push(item);
    expect(items).to.deep.equal([0, 1, 2, 3]);
  });

  it('throws what a job throws, in its turn, and ends the others', async () => {
    let aborted = 0;
    let ended = 0;
    async function* produce(job: number, signal: AbortSignal) {
      signal.addEventListener('abort', () => (aborted += 1));
      try {
        yield job;
        if (job === 1) throw new Error('broken');
        for (let part = 0; part < 1000; part++) {
          await turn();
          yield job;
          if (job === 0 && part === 5) return;
        }
      } finally {
        ended += 1;
      }
    }
    const items: number[] = [];
    try {
      for await (const { items: ofJob } of inOrder([0, 1, 2, 3], { jobs: 4, ahead: 4 }, produce)) {
        for await (const item of ofJob) items.push(item);
      }
      expect.fail('it did not throw');
    } catch (error) {
      expect(error).to.have.property('message', 'broken');
    }
    expect(items).to.deep.equal([0, 0, 0, 0, 0, 0, 0, 1]);
    expect([aborted, ended]).to.deep.equal([4, 4]);
  });

  it('waits until all has ended where the reader leaves', async () => {
    let ended = 0;
    async function* produce(job: number) {
      try {
        for (;;) {
          await turn();
          yield job;
        }
      } finally {
        await turn();
        ended += 1;
      }
    }
    for await (const { items } of inOrder([0, 1, 2], { jobs: 3, ahead: 2 }, produce)) {
      for await (const item of items) if (item === 0) break;
      break;
    }
    expect(ended).to.equal(3);
  });
});
