import { expect } from 'chai';
import { countOf, dataAddress, escapeHtml, formatNumber } from '../../lib/report/html-text.js';

describe('html-text', () => {
  it('escapes what HTML would read', () => {
    expect(escapeHtml(`<a href="x" class='y'>&amp;`)).to.equal(
      '&lt;a href=&quot;x&quot; class=&#39;y&#39;&gt;&amp;amp;',
    );
  });

  it('writes numbers as people do', () => {
    const written: [number, string][] = [
      [0, '0'],
      [0.0012346, '0.001235'],
      [0.5, '0.5'],
      [12.3456, '12.35'],
      [2400, '2,400'],
      [123456, '123,456'],
      [-3.5, '−3.5'],
      [1e7, '1 × 10⁷'],
      [1.2346e-5, '1.235 × 10⁻⁵'],
      [Infinity, '∞'],
      [-Infinity, '−∞'],
      [NaN, '–'],
    ];
    for (const [value, text] of written) expect(formatNumber(value)).to.equal(text);
    expect(formatNumber(0.012345, 2)).to.equal('0.012');
  });

  it('counts', () => {
    expect([countOf(1, 'clip'), countOf(24, 'clip')]).to.deep.equal(['1 clip', '24 clips']);
  });

  it('carries bytes, only those of the view', () => {
    const bytes = Uint8Array.from([9, 1, 2, 3, 9]).subarray(1, 4);
    expect(dataAddress('image/png', bytes)).to.equal('data:image/png;base64,AQID');
  });
});
