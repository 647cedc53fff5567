import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { matchLines } from '../../lib/dataset/match-lines.js';

describe('matchLines', () => {
  const videos = ['a.mp4', 'sub/b.mp4', 'cafe\u0301.mp4'].map((video) => ({ video, path: resolve('videos', video) }));
  const match = (path: string, ...files: readonly string[]) => {
    const lines = files.map((file, index) => ({ line: index + 2, file }));
    const { byVideo, unmatched } = matchLines({ path, lines, sha256: '' }, videos);
    const numbers = (of: typeof byVideo) =>
      Object.fromEntries([...of].map(([name, found]) => [name, found.map(({ line }) => line)]));
    return { byVideo: numbers(byVideo), unmatched: numbers(unmatched) };
  };

  it('matches names relative to the input, wherever the file lies', () => {
    expect(match('elsewhere/labels.csv', 'a.mp4', './a.mp4', 'sub/b.mp4', 'sub\\b.mp4', 'a.mp4')).to.deep.equal({
      byVideo: { 'a.mp4': [2, 3, 6], 'sub/b.mp4': [4, 5] },
      unmatched: {},
    });
  });

  it('matches paths relative to the folder of the file, and whole ones', () => {
    expect(match('labels.csv', 'videos/a.mp4', resolve('videos/sub/b.mp4')).byVideo).to.deep.equal({
      'a.mp4': [2],
      'sub/b.mp4': [3],
    });
    expect(match(join('videos', 'sub', 'labels.csv'), 'b.mp4', '../a.mp4').byVideo).to.deep.equal({
      'sub/b.mp4': [2],
      'a.mp4': [3],
    });
  });

  it('matches names that differ in how an accent is written', () => {
    expect(match('labels.csv', 'caf\u00e9.mp4').byVideo).to.deep.equal({ 'cafe\u0301.mp4': [2] });
  });

  it('keeps the lines that mean no video', () => {
    expect(match('labels.csv', 'b.mp4', 'A.mp4', 'b.mp4')).to.deep.equal({
      byVideo: {},
      unmatched: { 'b.mp4': [2, 4], 'A.mp4': [3] },
    });
  });

  it('refuses a line that could mean two videos', () => {
    const twice = [...videos, { video: 'other/a.mp4', path: resolve('other/a.mp4') }];
    const lines = [{ line: 7, file: 'a.mp4' }];
    expect(() => matchLines({ path: 'other/labels.csv', lines, sha256: '' }, twice)).to.throw(
      LacunaError,
      /Line 7 of other\/labels\.csv could mean a\.mp4 of the input or other\/a\.mp4 beside the file/,
    );
  });
});
