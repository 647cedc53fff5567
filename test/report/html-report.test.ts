import { expect } from 'chai';
import { renderReport, type ReportContent } from '../../lib/report/html-report.js';
import { encodeStrip } from '../../lib/report/strip.js';

const shape = { frames: 2, height: 4, width: 4, channels: 3 };
const stripPng = encodeStrip([{ frames: new Uint8Array(96) }], shape, { scale: 1, gap: 0 });
const evil = `"><script>alert('x')</script>`;
const content: ReportContent = {
  title: `Shapes ${evil}`,
  subtitle: `sub ${evil}`,
  facts: [{ label: `label ${evil}`, value: `value ${evil}` }],
  loss: [
    { step: 1, kind: evil, loss: 0.5 },
    { step: 2, kind: evil, loss: 0.4 },
  ],
  fills: [
    {
      hide: `future:8 ${evil}`,
      title: `A · future frames ${evil}`,
      stripPng,
      animationGif: Buffer.from('GIF89a'),
      animationLabels: [`truth ${evil}`],
      rowLabels: [`shown ${evil}`],
      figures: [
        { name: 'model', hiddenMse: 0.2, psnr: 20, ssim: 0.5 },
        { name: evil, hiddenMse: 0.1, psnr: 25, ssim: 0.6 },
      ],
      clips: 24,
    },
  ],
  embedding: { points: [{ x: 0, y: 0, group: evil }], note: `note ${evil}` },
  notes: [`a note ${evil}`],
};

describe('html-report', () => {
  const html = renderReport(content);

  it('escapes every text', () => {
    expect(html).not.to.include('<script');
    for (const text of [
      'Shapes',
      'sub',
      'label',
      'value',
      'future:8',
      'A · future frames',
      'truth',
      'shown',
      'note',
      'a note',
    ]) {
      expect(html).to.include(`${text} &quot;&gt;&lt;script&gt;`);
    }
  });

  it('needs nothing from elsewhere and forbids it', () => {
    const addresses = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address);
    expect(addresses).to.have.length(2);
    for (const address of addresses) expect(address).to.match(/^data:image\/(png|gif);base64,[A-Za-z0-9+/=]+$/);
    expect(html).to.include(`content="default-src 'none'; img-src data:; style-src 'unsafe-inline'"`);
    expect(html).not.to.match(/https?:/);
  });

  it('carries the strip with its size', () => {
    expect(html).to.include(`data:image/png;base64,${Buffer.from(stripPng).toString('base64')}" width="8" height="4"`);
  });

  it('says so where a trivial fill beats the model', () => {
    expect(html).to.match(/class="verdict worse">The trivial fill .* beats the model over 24 held-out clips/);
  });

  it('closes each element that it opens', () => {
    const open: string[] = [];
    const style = /<style>[\s\S]*<\/style>/;
    for (const [, slash, name = '', rest = ''] of html
      .replace(style, '')
      .matchAll(/<(\/?)([a-z][a-z0-9]*)\b([^>]*)>/g)) {
      if (['meta', 'img'].includes(name) || rest.endsWith('/')) continue;
      if (slash) expect(open.pop()).to.equal(name);
      else open.push(name);
    }
    expect(open).to.deep.equal([]);
  });

  it('leaves out what there is none of', () => {
    const bare = renderReport({ title: 'Bare', facts: [], loss: [], fills: [], notes: [] });
    expect(bare).to.include('No steps were logged');
    expect(bare).not.to.match(/What it fills in|What it made of the clips|Notes|<dl|class="subtitle"/);
  });

  it('is the same for the same content', () => {
    expect(renderReport(content)).to.equal(html);
  });
});
