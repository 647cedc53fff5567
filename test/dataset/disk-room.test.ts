import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { checkRoom, readFreeBytes } from '../../lib/dataset/disk-room.js';
import { prepare } from '../../lib/dataset/prepare.js';
import { makeVideo, rejectionOf, temporaryFolder } from '../video/made-videos.js';
import { makeDataset } from './made-dataset.js';

describe('checkRoom', () => {
  it('refuses what will hardly fit, and says what of it is an estimate', () => {
    const needed = { bytes: 3_400_000, leastBytes: 2_000_001, basis: 'by the headers of 16 of 900 videos' };
    expect(() => checkRoom('data', needed, 2_000_000))
      .to.throw(
        LacunaError,
        'about (an estimate by the headers of 16 of 900 videos) 3.4 MB and its disk has 2.0 MB free',
      )
      .with.property('kind', 'input');
    expect(() => checkRoom('data', { bytes: 999, leastBytes: 999, basis: '' }, 998)).to.throw(
      'data would need 999 B and its disk has 998 B free; make room',
    );
  });

  it('lets begin what may fit, and all where nobody knows what is free', () => {
    const needed = { bytes: 3000, leastBytes: 2000, basis: 'by a guess' };
    expect(() => checkRoom('data', needed, 2000)).not.to.throw();
    expect(() => checkRoom('data', needed, undefined)).not.to.throw();
  });
});

describe('readFreeBytes', () => {
  const folder = temporaryFolder();

  it('knows it of a folder that is yet to be made, and counts what will be replaced', async () => {
    const free = await readFreeBytes(folder.path('not/yet/there'), false);
    expect(free).to.be.above(0);
    await makeDataset(folder.path('data'), [2, 3]);
    const [kept = 0, replaced = 0] = [
      await readFreeBytes(folder.path('data'), false),
      await readFreeBytes(folder.path('data'), true),
    ];
    // Others write to the same disk meanwhile.
    expect(replaced - kept).to.be.closeTo(5 * 4 * 8 * 8 * 3 + 2 * 128, 2 ** 27);
  });
});

describe('prepare', () => {
  const folder = temporaryFolder();
  describe('on a small disk', () => {
    let isMounted = false;

    before(async function () {
      await mkdir(folder.path('disk'));
      try {
        execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder.path('disk')], { stdio: 'ignore' });
        isMounted = true;
      } catch {
        // Only root may mount, and not everywhere.
        this.skip();
      }
      await mkdir(folder.path('videos'));
      for (let video = 0; video < 4; video++) await makeVideo(folder.path(`videos/${video}.mp4`), { frames: 64 });
    });
    after(() => {
      if (isMounted) execFileSync('umount', [folder.path('disk')]);
    });

    // 4 × 16 clips of 4 × 64 × 64 × 3 bytes: 3.1 MB.
    const asked = (size: number) => ({
      inputs: [folder.path('videos')],
      out: folder.path('disk/data'),
      size,
      frames: 4,
    });

    it('refuses before anything is made, or goes on as far as it can on demand', async () => {
      const refused = await rejectionOf(prepare(asked(64)));
      expect(refused)
        .to.be.instanceOf(LacunaError)
        .with.property('message')
        .that.includes('by the headers of 4 of 4 videos) 3.1 MB and its disk has 1.0 MB free');
      expect(await readdir(folder.path('disk'))).to.deep.equal([]);

      const full = await rejectionOf(prepare({ ...asked(64), diskCheck: false }));
      expect(full).to.have.property('message').that.includes('has no room for more');
      expect(await readdir(folder.path('disk/data'))).to.include('unfinished.json');
      await rm(folder.path('disk/data'), { recursive: true });

      expect(await prepare(asked(16))).to.include({ videos: 4, clips: 64 });
      // What is replaced makes room.
      expect(await prepare({ ...asked(32), overwrite: true })).to.include({ clips: 64 });
    });
  });
});
