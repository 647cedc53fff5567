import { expect } from 'chai';
import { drawEmbeddingChart } from '../../lib/report/embedding-chart.js';

function circlesOf(chart: string): { series: string; x: number; y: number }[] {
  return [...chart.matchAll(/<circle class="(\S+)" cx="(\S+)" cy="(\S+)"/g)].map(([, series = '', x, y]) => ({
    series,
    x: Number(x),
    y: Number(y),
  }));
}

describe('embedding-chart', () => {
  it('places points with one scale for both axes, y upward, in the colour of their group', () => {
    const chart = drawEmbeddingChart([
      { x: 0, y: 0, group: 'disc' },
      { x: 4, y: 0, group: 'square' },
      { x: 0, y: 1, group: 'disc' },
    ]);
    const [origin, right, above] = circlesOf(chart);
    if (!origin || !right || !above) throw new Error('three circles were expected');
    expect(right.x - origin.x).to.be.closeTo(4 * (origin.y - above.y), 0.5);
    expect(above.y).to.be.below(origin.y);
    expect([origin.series, right.series, above.series]).to.deep.equal(['series-0', 'series-1', 'series-0']);
    expect(chart)
      .to.match(/series-0"><i><\/i>disc/)
      .and.to.match(/series-1"><i><\/i>square/);
  });

  it('gathers groups that have no colour of their own', () => {
    const points = Array.from({ length: 12 }, (_, index) => ({
      x: index,
      y: 0,
      group: `g${String(index).padStart(2, '0')}`,
    }));
    const chart = drawEmbeddingChart(points);
    expect(chart.match(/<li/g)).to.have.length(8);
    expect(chart).to.include('5 more');
    expect(circlesOf(chart).filter(({ series }) => series === 'series-7')).to.have.length(5);
  });

  it('keeps all points inside, even if all are one', () => {
    for (const { x, y } of circlesOf(drawEmbeddingChart([{ x: 1e9, y: -3, group: 'a' }]))) {
      expect(x).to.be.within(0, 760);
      expect(y).to.be.within(0, 420);
    }
  });

  it('escapes names, and says where there is nothing', () => {
    expect(drawEmbeddingChart([{ x: 0, y: 0, group: '<i>x' }])).not.to.include('<i>x');
    expect(drawEmbeddingChart([{ x: NaN, y: 0, group: 'a' }])).to.include('No clips were embedded');
  });
});
