import { writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { readGroups } from '../../lib/dataset/groups.js';
import { rejectionOf, temporaryFolder } from '../video/made-videos.js';

describe('readGroups', () => {
  const folder = temporaryFolder();
  const videos = ['scene1/a.mp4', 'scene1/b.mp4', 'scene2/a.mp4'].map((video) => ({ video, path: folder.path(video) }));
  const write = async (text: string) => {
    await writeFile(folder.path('groups.csv'), text);
    return folder.path('groups.csv');
  };

  it('takes the first capture group of an expression, else all that it matches', async () => {
    const { byVideo, identity } = await readGroups('^([^/]+)/', videos);
    expect(identity).to.equal('pattern:^([^/]+)/');
    expect(Object.fromEntries(byVideo)).to.deep.equal({
      'scene1/a.mp4': 'scene1',
      'scene1/b.mp4': 'scene1',
      'scene2/a.mp4': 'scene2',
    });
    expect(Object.fromEntries((await readGroups('[ab](?=\\.)', videos)).byVideo)).to.deep.equal({
      'scene1/a.mp4': 'a',
      'scene1/b.mp4': 'b',
      'scene2/a.mp4': 'a',
    });
  });

  it('gives a video no group where the expression does not match, or its capture group takes no part', async () => {
    expect([...(await readGroups('scene2|(b)', videos)).byVideo]).to.deep.equal([['scene1/b.mp4', 'b']]);
  });

  it('refuses what is no expression, and one that finds nothing', async () => {
    for (const [pattern, message] of [
      ['(', /groups must be a CSV file or a regular expression, and \( is neither/],
      ['scene9', /scene9 finds no group in scene1\/a\.mp4 nor in the 2 others/],
    ] as const) {
      const error = await rejectionOf(readGroups(pattern, videos));
      expect(error).to.be.instanceOf(LacunaError).with.property('kind', 'usage');
      expect(error).to.have.property('message').that.matches(message);
    }
  });

  it('reads a file, and only the groups of it', async () => {
    const file = await write(
      'file,label,group\nscene1/a.mp4,cat,g\nscene1/a.mp4,dog,\nscene2/a.mp4,,\nscene3/a.mp4,,h\n',
    );
    const { byVideo, identity, source } = await readGroups(file, videos);
    expect([...byVideo]).to.deep.equal([['scene1/a.mp4', 'g']]);
    expect(identity).to.match(/^sha256:[0-9a-f]{64}$/);
    expect([...(source?.unmatched.keys() ?? [])]).to.deep.equal(['scene3/a.mp4']);
  });

  it('refuses a file that contradicts itself, of a video that is there or is not', async () => {
    for (const video of ['scene1/a.mp4', 'absent.mp4']) {
      const file = await write(`file,group\n${video},g\n${video},h\n`);
      expect(await rejectionOf(readGroups(file, videos)))
        .to.have.property('message')
        .that.matches(/Lines 2 and 3 of .*groups\.csv contradict each other: .* the groups g and h/);
    }
  });
});
