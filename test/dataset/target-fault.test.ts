import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { targetFault } from '../../lib/dataset/target-fault.js';
import { rejectionOf } from '../video/made-videos.js';

describe('targetFault', () => {
  const fault = (code: string, syscall = 'write') =>
    targetFault('data', 'prepare', Object.assign(new Error(`${code}: x`), { code, syscall }));

  it('has a sentence for what the system refuses', async () => {
    const said: readonly (readonly [string, RegExp])[] = [
      ['ENOSPC', /^data has no room for more; free some/],
      ['EDQUOT', /^data has no room for more/],
      ['EROFS', /^data cannot be written to; change its permissions or mount/],
      ['EACCES', /^data cannot be written to/],
      ['EIO', /^data is gone or its disk does not answer/],
      ['EMFILE', /ulimit -n.*--jobs.*run the same prepare again/],
    ];
    for (const [code, sentence] of said) {
      expect(fault(code)).to.be.instanceOf(LacunaError).with.property('message').that.matches(sentence);
    }
    const absent = await rejectionOf(readFile('/no/such/file'));
    const merging = targetFault('data', 'merge', Object.assign(new Error('x'), { code: 'EMFILE' }));
    expect(merging)
      .to.have.property('message')
      .that.matches(/\(ulimit -n, ulimit -u\), and run the same merge again/);
    expect(targetFault('data', 'prepare', absent))
      .to.be.instanceOf(LacunaError)
      .with.property('cause', absent);
  });

  it('leaves other errors as they are, and does not blame the folder for a program that is not there', () => {
    for (const error of [new LacunaError('input', 'x'), new RangeError('x'), 'x']) {
      expect(targetFault('data', 'prepare', error)).to.equal(error);
    }
    expect(fault('ENOENT', 'spawn ffmpeg')).not.to.be.instanceOf(LacunaError);
    expect(fault('EMFILE', 'spawn ffmpeg')).to.be.instanceOf(LacunaError);
  });
});
