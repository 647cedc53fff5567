// Owns work that is done several jobs at once and handed over in the order of the jobs, with bounded memory. Knows
// nothing of what the work is.

/** One job and what it gives. */
export type OrderedJob<Job, Item> = {
  readonly job: Job;
  /** To be read to its end before the next job is asked for. */
  readonly items: AsyncIterable<Item>;
};

/** The bounds of the work. */
export type OrderedBounds = {
  /** Jobs at work at once, at least 1. */
  readonly jobs: number;
  /** Items of later jobs that may wait in memory; at least 1. */
  readonly ahead: number;
  /** Ends what the jobs do; what they throw then is thrown to the reader. */
  readonly signal?: AbortSignal | undefined;
};

type Lane<Item> = { readonly queue: Item[]; isDone: boolean; error?: { readonly cause: unknown } };

/** Items of the job in hand that may wait for the reader. */
const headRoom = 2;

/**
 * Yields the jobs in their order, each with what `produce` gives for it. Later jobs run ahead while there is room. Leaving
 * the loop early, or `bounds.signal`, aborts the signal that `produce` is given; leaving waits until all has ended.
 */
export async function* inOrder<Job, Item>(
  jobs: readonly Job[],
  bounds: OrderedBounds,
  produce: (job: Job, signal: AbortSignal) => AsyncIterable<Item>,
): AsyncGenerator<OrderedJob<Job, Item>, void> {
  const stop = new AbortController();
  const change = createChange();
  const lanes = new Map<number, Lane<Item>>();
  const working = new Set<Promise<void>>();
  let started = 0;
  let head = 0;
  let waiting = 0;

  const hasRoom = (index: number, lane: Lane<Item>) =>
    index === head ? lane.queue.length < headRoom : waiting < bounds.ahead;
  const work = async (index: number, job: Job, lane: Lane<Item>) => {
    // One for each job: Node warns of many listeners on one signal.
    const ends = AbortSignal.any(bounds.signal ? [bounds.signal, stop.signal] : [stop.signal]);
    try {
      for await (const item of produce(job, ends)) {
        while (!hasRoom(index, lane) && !stop.signal.aborted) await change.wait();
        if (stop.signal.aborted) return;
        lane.queue.push(item);
        waiting += 1;
        change.tell();
      }
    } catch (cause) {
      lane.error = { cause };
    }
    lane.isDone = true;
  };
  const startMore = () => {
    for (const job of jobs.slice(started, started + bounds.jobs - working.size)) {
      if (started !== head && waiting >= bounds.ahead) return;
      const lane: Lane<Item> = { queue: [], isDone: false };
      lanes.set(started, lane);
      const worker: Promise<void> = work(started, job, lane).finally(() => {
        working.delete(worker);
        if (!stop.signal.aborted) startMore();
        change.tell();
      });
      working.add(worker);
      started += 1;
    }
  };
  const itemsOf = async function* (index: number): AsyncGenerator<Item, void> {
    for (;;) {
      const lane = lanes.get(index);
      const item = lane?.queue.shift();
      if (item !== undefined) {
        waiting -= 1;
        startMore();
        change.tell();
        yield item;
      } else if (lane?.isDone === true) {
        if (lane.error) throw lane.error.cause;
        return;
      } else await change.wait();
    }
  };

  try {
    for (const job of jobs) {
      startMore();
      yield { job, items: itemsOf(head) };
      lanes.delete(head);
      head += 1;
      change.tell();
    }
  } finally {
    stop.abort();
    change.tell();
    await Promise.all(working);
  }
}

/** A condition that is waited for: every wait ends at the next `tell`. */
function createChange(): { readonly wait: () => Promise<void>; readonly tell: () => void } {
  let tell: () => void = () => undefined;
  let next = Promise.resolve();
  const renew = () => {
    next = new Promise((resolve) => (tell = resolve));
  };
  renew();
  return {
    wait: () => next,
    tell: () => {
      const told = tell;
      renew();
      told();
    },
  };
}
