import { expect } from 'chai';
import { reportStyle } from '../../lib/report/report-style.js';

describe('report-style', () => {
  it('defines every colour that it uses, light and dark', () => {
    const dark = reportStyle.slice(reportStyle.indexOf('prefers-color-scheme: dark'));
    const light = reportStyle.slice(0, reportStyle.indexOf('prefers-color-scheme: dark'));
    const used = new Set([...reportStyle.matchAll(/var\((--[\w-]+)\)/g)].map(([, name = '']) => name));
    // Set on the elements themselves.
    for (const name of ['--c', '--share']) used.delete(name);
    expect(used.size).to.be.above(10);
    for (const name of used) {
      expect(light).to.include(`${name}:`);
      expect(dark).to.include(`${name}:`);
    }
  });

  it('loads nothing and closes what it opens', () => {
    expect(reportStyle).not.to.match(/url\(|@import|<\//);
    expect(reportStyle.match(/\{/g)?.length).to.equal(reportStyle.match(/\}/g)?.length);
  });
});
