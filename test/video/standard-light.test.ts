import { expect } from 'chai';
import { filterFrames } from '../../lib/video/filter.js';
import { type Light, lightFilters } from '../../lib/video/standard-light.js';

/** The 256 greys of a light as a screen's. */
async function greys(light: Light): Promise<readonly number[]> {
  const frame = Uint8Array.from({ length: 256 * 3 }, (_, index) => Math.floor(index / 3));
  const filter = [...lightFilters[light], 'format=rgb24'].join(',');
  const mapped = await filterFrames(frame, { width: 256, height: 1, fps: 1, filter });
  return Array.from({ length: 256 }, (_, grey) => mapped[grey * 3] ?? -1);
}

describe('lightFilters', () => {
  it('keeps black, order and grey', async () => {
    for (const light of ['bt2020', 'pq', 'hlg'] as const) {
      const mapped = await greys(light);
      expect(mapped[0], light).to.equal(0);
      expect(mapped[255], light).to.equal(255);
      mapped.forEach((value, grey) => expect(value, light).to.be.at.least(mapped[grey - 1] ?? 0));
    }
  });

  it('puts white paper where the curve says, in both kinds of HDR', async () => {
    // 203 cd/m²: 58 % of PQ and 75 % of HLG (ITU-R BT.2408, table 1).
    expect((await greys('pq'))[Math.round(0.58 * 255)]).to.be.closeTo(217, 3);
    expect((await greys('hlg'))[Math.round(0.75 * 255)]).to.be.closeTo(217, 3);
  });

  it('leaves the greys of a wide gamut as they are, but for the steps near black', async () => {
    (await greys('bt2020')).forEach((value, grey) => expect(value).to.be.closeTo(grey, grey < 16 ? 4 : 1));
  });

  it('does nothing to common video', () => expect(lightFilters.bt709).to.deep.equal([]));
});
