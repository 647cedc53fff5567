import { expect } from 'chai';
import { decodeGraph, fits } from '../../lib/video/decode-graph.js';
import { plainLook } from '../../lib/video/stream-look.js';

const filtersOf = (graph: string) =>
  graph
    .replaceAll(/'[^']*'/g, '')
    .split(',')
    .map((filter) => filter.split('=')[0]);

describe('decodeGraph', () => {
  it('makes interlaced frames whole before it picks times, and picks times before it scales', () => {
    expect(filtersOf(decodeGraph(8, 4, 'stretch', 12.5))).to.deep.equal([
      'bwdif',
      'setpts',
      'fps',
      'scale',
      'format',
      'format',
    ]);
  });

  it('ends in RGB of the asked size for each fit', () => {
    for (const fit of fits) {
      const graph = decodeGraph(8, 4, fit, 12);
      expect(graph)
        .to.match(/8[:x,]/)
        .and.to.match(/,format=rgb24$/);
    }
  });

  it('counts the end in frames, whatever the decimals', () => {
    const endOf = (durationSeconds: number, fps: number) =>
      /end_frame=(\d+)/.exec(decodeGraph(8, 8, 'cover', fps, { durationSeconds }))?.[1];
    expect(endOf(4 / 12, 12)).to.equal('4');
    expect(endOf(0.1 + 0.2, 10)).to.equal('3');
    expect(endOf(0.35, 12)).to.equal('5');
    expect(endOf(1e-9, 12)).to.equal('1');
  });

  it('maps light and transparency only where the stream has them', () => {
    expect(decodeGraph(8, 8, 'cover', 12)).not.to.match(/lutrgb|premultiply/);
    expect(filtersOf(decodeGraph(8, 8, 'cover', 12, {}, { ...plainLook, hasAlpha: true }))).to.include('premultiply');
    const mapped = decodeGraph(8, 8, 'cover', 12, {}, { ...plainLook, light: 'pq' });
    expect(mapped).to.include('in_color_matrix=bt2020').and.to.include('colorchannelmixer');
    expect(decodeGraph(8, 8, 'cover', 12, {}, { ...plainLook, light: 'pq', hasMatrix: true })).to.include('=auto');
  });
});
