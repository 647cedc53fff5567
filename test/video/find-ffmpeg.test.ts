import { expect } from 'chai';
import { mkdir, writeFile } from 'node:fs/promises';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { findFfmpeg, ffmpegSources, parseBuild, parseRelease } from '../../lib/video/find-ffmpeg.js';
import { makeProgram, rejectionOf, temporaryFolder, withFfmpeg } from './made-videos.js';

describe('findFfmpeg', () => {
  const folder = temporaryFolder();

  it('finds a build that runs, once', async () => {
    const found = await findFfmpeg();
    expect(ffmpegSources).to.include(found.source);
    expect(found.version).to.match(/\d/);
    expect(findFfmpeg()).to.equal(findFfmpeg());
  });

  it('prefers LACUNA_FFMPEG', async () => {
    const program = await makeProgram(folder.path('named'), 'exit 1');
    const found = await withFfmpeg(program, findFfmpeg);
    expect(found).to.deep.equal({
      path: program,
      source: 'LACUNA_FFMPEG',
      version: '7.1-made',
      year: 2024,
      isOld: false,
    });
  });

  it('refuses a LACUNA_FFMPEG that is no ffmpeg, and does not look elsewhere', async () => {
    for (const wrong of [folder.path('absent'), process.execPath]) {
      const error = await rejectionOf(withFfmpeg(wrong, findFfmpeg));
      expect(error).to.be.instanceOf(LacunaError).with.property('kind', 'usage');
      expect(error).to.have.property('message').that.includes('LACUNA_FFMPEG').and.includes(wrong);
    }
  });

  it('takes one on the PATH before those of npm packages, and passes over one that does not run', async function () {
    const usual = await findFfmpeg();
    if (usual.source === 'LACUNA_FFMPEG' || usual.source === 'ffmpeg-static') return this.skip();
    await mkdir(folder.path('first'));
    await mkdir(folder.path('second'));
    await writeFile(folder.path('first/ffmpeg'), 'not a program', { mode: 0o755 });
    const program = await makeProgram(folder.path('second/ffmpeg'), 'exit 1');
    const before = process.env['PATH'];
    process.env['PATH'] = `${folder.path('first')}:${folder.path('second')}:${before}`;
    try {
      expect(await findFfmpeg()).to.include({ path: program, source: 'PATH' });
    } finally {
      process.env['PATH'] = before;
    }
  });
});

describe('parseBuild', () => {
  const line = (version: string, years: string) =>
    `ffmpeg version ${version} Copyright (c) ${years} the FFmpeg developers\n`;

  it('reads version, year and age', () => {
    expect(parseBuild(line('n7.0-7-gd38bf5e08e-20240407', '2000-2024'))).to.deep.equal({
      version: 'n7.0-7-gd38bf5e08e-20240407',
      year: 2024,
      isOld: false,
    });
    expect(parseBuild(line('N-47683-g0e8eb07980-static', '2000-2018'))).to.include({ year: 2018, isOld: true });
    expect(parseBuild(line('N-110000-gabc', '2000-2023'))).to.include({ isOld: false });
    expect(parseBuild(line('4.3.6-0+deb11u1', '2000-2023'))).to.include({ isOld: true });
    expect(parseBuild(line('4.4.2-0ubuntu0.22.04.1', '2000-2021'))).to.include({ isOld: false });
    expect(parseBuild(line('4.10', '2000-2021'))).to.include({ isOld: false });
  });

  it('knows what is not ffmpeg', () => {
    expect(parseBuild('v20.20.2\n')).to.equal(undefined);
  });

  it('compares releases', () => {
    expect(parseRelease('n5.1.4')).to.equal(5.01);
    expect(parseRelease('10.0')).to.equal(10);
    expect(parseRelease('N-47683-g0e8eb07980')).to.equal(undefined);
  });
});
