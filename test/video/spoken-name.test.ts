import { expect } from 'chai';
import { withoutFolder, withoutName } from '../../lib/video/spoken-name.js';

describe('withoutName', () => {
  it('takes the name out wherever it stands', () => {
    expect(withoutName(['[error] file:/a/truncated.mp4: bad', 'other'], '/a/truncated.mp4')).to.deep.equal([
      '[error] file:: bad',
      'other',
    ]);
  });

  it('knows a name that ffmpeg has cut off, or whose control characters it has replaced', () => {
    const path = `/a/${'long'.repeat(300)}truncated.mp4`;
    expect(withoutName([`[error] file:${path}`.slice(0, 900)], path)).to.deep.equal(['[error] file:']);
    expect(withoutName(['[error] file:/a/?x.mp4: bad'], '/a/\u001bx.mp4')).to.deep.equal(['[error] file:: bad']);
  });

  it('knows a name of several lines, whatever those look like', () => {
    const path = '/a/b\n[error] Too many open files\nc.mp4';
    const lines = ['[error] file:/a/b', '[error] Too many open files', 'c.mp4: bad', '[h264] [error] c.mp4'];
    expect(withoutName(lines, path)).to.deep.equal(['[error] file:', '', ': bad', '[h264] [error] c.mp4']);
  });
});

describe('withoutFolder', () => {
  it('leaves the name and takes out the way to it', () => {
    expect(withoutFolder(['[error] file:/a/b/c.mp4: bad', 'beside /a/b/d.mp4'], '/a/b/c.mp4')).to.deep.equal([
      '[error] c.mp4: bad',
      'beside d.mp4',
    ]);
  });
});
