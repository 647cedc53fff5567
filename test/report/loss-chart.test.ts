import { expect } from 'chai';
import { drawLossChart } from '../../lib/report/loss-chart.js';

const steps = (count: number, kind: string, loss: (step: number) => number) =>
  Array.from({ length: count }, (_, index) => ({ step: index + 1, kind, loss: loss(index + 1) }));

/** The places of a path, in the order of the steps. */
function placesOf(chart: string, name: 'raw' | 'line', index = 0): { x: number; y: number }[] {
  const paths = [...chart.matchAll(new RegExp(`class="${name}" d="([^"]*)"`, 'g'))];
  return [...(paths[index]?.[1] ?? '').matchAll(/[ML](\S+) ([^ML]+)/g)].map(([, x, y]) => ({
    x: Number(x),
    y: Number(y),
  }));
}

describe('loss-chart', () => {
  it('draws a raw and a smooth line for each kind, and names them', () => {
    const chart = drawLossChart([...steps(50, 'gap:4', () => 2), ...steps(50, 'future:8', () => 1)]);
    expect(chart.match(/class="raw"/g)).to.have.length(2);
    expect(chart).to.match(/<\/i>future:8 <b>1<\/b>.*<\/i>gap:4 <b>2<\/b>/);
    // Lower is farther down, which in SVG is a larger y.
    expect(placesOf(chart, 'line', 0)[0]?.y).to.be.above(placesOf(chart, 'line', 1)[0]?.y ?? NaN);
  });

  it('smooths noise away and keeps the course', () => {
    const chart = drawLossChart(steps(400, 'a', (step) => 10 - step / 50 + (step % 2)));
    const [raw, line] = [placesOf(chart, 'raw'), placesOf(chart, 'line')];
    expect(line).to.have.length(raw.length);
    const jumps = (places: { y: number }[]) =>
      places.slice(40).reduce((sum, { y }, index) => sum + Math.abs(y - (places[index + 39]?.y ?? y)), 0);
    expect(jumps(line)).to.be.below(jumps(raw) / 5);
    const [rawMiddle, lineMiddle] = [raw[200]?.y ?? NaN, line[200]?.y ?? NaN];
    expect(lineMiddle).to.be.closeTo(rawMiddle, 20);
  });

  it('draws what was measured on held-out clips as it is, dashed, in the colour of its kind', () => {
    const heldOut = [100, 200, 300].map((step) => ({ step, kind: 'a', loss: 1000 / step, isHeldOut: true }));
    const chart = drawLossChart([...steps(300, 'a', () => 3), ...heldOut]);
    expect(chart.match(/<g class="series-/g)).to.have.length(1);
    const [dashed = ''] = /class="line" stroke-dasharray="[^"]*" d="[^"]*"/.exec(chart) ?? [];
    const ys = [...dashed.matchAll(/[ML]\S+ ([\d.]+)/g)].map(([, y]) => Number(y));
    expect(ys).to.have.length(3);
    expect(ys).to.deep.equal([...ys].sort((one, other) => one - other));
    expect(chart).to.include('<b>3</b> held out 3.33').and.include('Dashed: on held-out clips.');
    expect(drawLossChart(steps(9, 'a', () => 3))).not.to.match(/held out|dash/i);
  });

  it('takes a logarithmic axis where the loss falls far, and says so', () => {
    const far = drawLossChart(steps(100, 'a', (step) => 1 / step));
    expect(far).to.include('loss (logarithmic)');
    expect(drawLossChart(steps(100, 'a', (step) => 2 - step / 100))).not.to.include('logarithmic');
    expect(drawLossChart(steps(100, 'a', (step) => step - 50))).not.to.include('logarithmic');
  });

  it('stays small however many steps there are', () => {
    expect(drawLossChart(steps(50_000, 'a', (step) => 1 + 1 / step)).length).to.be.below(30_000);
  });

  it('leaves out what is not finite, draws one step, and says where there is nothing', () => {
    const chart = drawLossChart([...steps(3, 'a', () => 1), { step: 4, kind: 'a', loss: NaN }]);
    expect(chart).not.to.include('NaN');
    expect(drawLossChart(steps(1, 'a', () => 0))).not.to.match(/NaN|Infinity/);
    expect(drawLossChart([{ step: 1, kind: 'a', loss: Infinity }])).to.include('No steps were logged');
  });

  it('escapes names', () => {
    expect(drawLossChart(steps(2, '<b>', () => 1))).not.to.include('<title><b>');
  });
});
