import { expect } from 'chai';
import { createLineLog } from '../../lib/video/line-log.js';

describe('createLineLog', () => {
  it('puts lines together from pieces, without blank ones', () => {
    const log = createLineLog(5);
    for (const piece of ['on', 'e\r\ntw', 'o\n\n', '  \nthr', 'ee']) log.add(piece);
    expect(log.lines()).to.deep.equal(['one', 'two', 'three']);
  });

  it('keeps the first ten and the last ones, and no more of each than 5,000 letters', () => {
    const log = createLineLog(2);
    for (let line = 0; line < 50; line++) log.add(`${line}\n`);
    log.add('x'.repeat(1e6));
    expect(log.lines()).to.deep.equal([...Array.from({ length: 10 }, (_, line) => `${line}`), '49', 'x'.repeat(5000)]);
  });
});
