// Tests that learning goes on at the first look that is missing, and that who learns is always closed.
import { expect } from 'chai';
import { temporaryFolder } from '../video/made-videos.js';
import { learn, type Learner, type Look, marks } from './learner.js';

describe('learner', () => {
  const folder = temporaryFolder();

  /** Fails at a mark, and notes what it was asked for. */
  function createLearner(asked: (number | string)[], failsAt?: number): () => Promise<Learner> {
    return () => {
      asked.push('opened');
      return Promise.resolve({
        learnUntil: (mark): Promise<Look> => {
          asked.push(mark);
          if (mark === failsAt) return Promise.reject(new Error('killed'));
          const figures = { 'future:10': { mse: 100 - mark, mae: 2, psnr: 20, ssim: 0.5 } };
          return Promise.resolve({ minutes: mark, steps: 1000 * mark, parameters: 7, figures });
        },
        close: () => {
          asked.push('closed');
          return Promise.resolve();
        },
      });
    };
  }

  it('takes the looks that are missing, in order, and none twice', async () => {
    const said: string[] = [];
    const setting = { folder: folder.path('looks'), onProgress: (line: string) => void said.push(line) };
    const first: (number | string)[] = [];
    const failure = await learn(setting, 'A', { seed: 0 }, createLearner(first, marks[2])).catch((e: unknown) => e);
    expect(failure).to.be.an('error').with.property('message', 'killed');
    expect(first).to.deep.equal(['opened', marks[0], marks[1], marks[2], 'closed']);

    const second: (number | string)[] = [];
    const looks = await learn(setting, 'A', { seed: 0 }, createLearner(second));
    expect(second).to.deep.equal(['opened', marks[2], marks[3], 'closed']);
    expect(looks.map(({ minutes }) => minutes)).to.deep.equal([...marks]);
    expect(said.at(-1)).to.equal('A: MSE 99.0 of future:10 after 1.00 minutes and 1000 steps');

    const third: (number | string)[] = [];
    expect(await learn(setting, 'A', { seed: 0 }, createLearner(third))).to.deep.equal(looks);
    expect(third).to.deep.equal([]);
  });
});
