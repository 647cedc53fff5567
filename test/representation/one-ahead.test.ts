import { expect } from 'chai';
import { oneAhead } from '../../lib/representation/one-ahead.js';
import { rejectionOf } from '../video/made-videos.js';

describe('oneAhead', () => {
  const counted = (count: number, fault?: Error) => {
    const log: string[] = [];
    const items = async function* () {
      try {
        for (let item = 0; item < count; item++) {
          log.push(`made ${item}`);
          yield await Promise.resolve(item);
        }
        if (fault) throw fault;
      } finally {
        log.push('ended');
      }
    };
    return { log, items: items() };
  };

  it('gives the same, and has the next at work while one is used', async () => {
    const { log, items } = counted(3);
    const seen: number[] = [];
    for await (const item of oneAhead(items)) {
      await new Promise(setImmediate);
      if (item < 2) expect(log).to.include(`made ${item + 1}`);
      seen.push(item);
    }
    expect(seen).to.deep.equal([0, 1, 2]);
    expect(log.at(-1)).to.equal('ended');
  });

  it('throws when the turn of what failed comes, and ends what it reads when it is left early', async () => {
    const fault = new Error('cannot be read');
    const seen: number[] = [];
    const read = async () => {
      for await (const item of oneAhead(counted(2, fault).items)) seen.push(item);
    };
    expect(await rejectionOf(read())).to.equal(fault);
    expect(seen).to.deep.equal([0, 1]);

    const { log, items } = counted(9);
    for await (const item of oneAhead(items)) if (item === 1) break;
    expect(log).to.deep.equal(['made 0', 'made 1', 'made 2', 'ended']);
  });
});
