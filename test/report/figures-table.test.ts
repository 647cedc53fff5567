import { expect } from 'chai';
import { drawFiguresTable, judgeFigures } from '../../lib/report/figures-table.js';

const row = (name: string, hiddenMse: number, psnr = 20, ssim = 0.5) => ({ name, hiddenMse, psnr, ssim });

describe('figures-table', () => {
  it('sorts by error and marks the best of each column, whoever it is', () => {
    const table = drawFiguresTable(
      [row('black', 0.5, 9, 0.1), row('model', 0.1, 30, 0.8), row('copy-last', 0.2, 25, 0.9)],
      24,
    );
    expect([...table.matchAll(/scope="row">([^<]*)/g)].map(([, name]) => name)).to.deep.equal([
      'model',
      'copy-last',
      'black',
    ]);
    expect([...table.matchAll(/class="best">([^<]*)/g)].map(([, value]) => value)).to.deep.equal(['0.1', '30', '0.9']);
    expect(table).to.include('Over 24 held-out clips');
  });

  it('marks all that are equally good', () => {
    expect(drawFiguresTable([row('model', 0.1), row('copy-last', 0.1)], 1).match(/class="best"/g)).to.have.length(6);
  });

  it('writes what is not a number as such, last, and never as the best', () => {
    const table = drawFiguresTable([row('model', NaN, NaN, NaN), row('black', 0.5, Infinity)], 2);
    expect([...table.matchAll(/scope="row">([^<]*)/g)].map(([, name]) => name)).to.deep.equal(['black', 'model']);
    expect(table).to.include('<td class="best">∞</td>').and.to.include('<td>–</td>');
  });

  it('gives the spread where it is known, and says what it is', () => {
    const table = drawFiguresTable([{ ...row('model', 0.1), hiddenMseError: 0.0213 }, row('black', 0.5)], 2);
    expect(table)
      .to.match(/>0\.1 <span[^>]*>± 0\.021<\/span><\/td>/)
      .and.match(/>0\.5<\/td>/);
    expect(table).to.include('± the standard error from video to video');
    const unknown = drawFiguresTable([{ ...row('model', 0.1), hiddenMseError: NaN }], 2);
    expect(unknown).not.to.include('±');
  });

  it('escapes names, and says where there is nothing', () => {
    expect(drawFiguresTable([row('<script>', 1)], 1)).not.to.include('<script>');
    expect(drawFiguresTable([], 1)).to.include('No figures');
  });

  it('says in words who is better', () => {
    const better = judgeFigures([row('model', 0.1), row('black', 0.5), row('copy-last', 0.2)], 24);
    expect(better.tone).to.equal('better');
    expect(better.sentence).to.equal(
      'The model beats every trivial fill: its error is 50 % below that of “copy-last”, the best of them, over 24 held-out clips.',
    );
    const worse = judgeFigures([row('model', 0.3), row('black', 0.5), row('copy-last', 0.2)], 1);
    expect(worse.tone).to.equal('worse');
    expect(worse.sentence).to.equal(
      'The trivial fill “copy-last” beats the model over 1 held-out clip: its error is 1.5 times as large.',
    );
  });

  it('admits what it cannot say', () => {
    expect(judgeFigures([row('model', 0.2), row('black', 0.2)], 2)).to.deep.include({ tone: 'worse' });
    expect(judgeFigures([row('model', NaN), row('black', 0.2)], 2)).to.deep.include({ tone: 'worse' });
    expect(judgeFigures([row('model', 0.2)], 2)).to.deep.include({ tone: 'open' });
    expect(judgeFigures([row('black', 0.2)], 2)).to.deep.include({ tone: 'open' });
    expect(judgeFigures([row('model', 0.2), row('gap fill', 0)], 2).sentence).not.to.match(/Infinity|∞/);
  });
});
