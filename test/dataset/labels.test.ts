import { writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { readKnownLabels } from '../../lib/dataset/labels.js';
import { rejectionOf, temporaryFolder } from '../video/made-videos.js';

describe('readKnownLabels', () => {
  const folder = temporaryFolder();
  const videos = ['top.mp4', 'cat/a.mp4', 'dog/small/b.mp4'].map((video) => ({ video, path: folder.path(video) }));
  const write = async (name: string, text: string) => {
    await writeFile(folder.path(name), text);
    return folder.path(name);
  };

  it('knows nothing where nothing was asked for', async () => {
    const known = await readKnownLabels({}, videos);
    expect(known.identity).to.deep.equal({});
    expect(known.of('cat/a.mp4')).to.deep.equal({ lines: [] });
    expect(known.unmatched(new Set())).to.deep.equal([]);
  });

  it('takes the folder that directly holds a video', async () => {
    const { of, identity } = await readKnownLabels({ labels: 'folder' }, videos);
    expect(identity).to.deep.equal({ labels: 'folder' });
    expect(videos.map(({ video }) => of(video).lines.map(({ label }) => label))).to.deep.equal([
      [],
      ['cat'],
      ['small'],
    ]);
  });

  it('takes lines of a file, and the group of a file of groups before its own', async () => {
    const labels = await write('labels.csv', 'file,label,group\ncat/a.mp4,cat,own\ndog/small/b.mp4,dog,own\n');
    const groups = await write('groups.csv', 'file,group\ncat/a.mp4,given\n');
    const { of, identity } = await readKnownLabels({ labels, groups }, videos);
    expect(videos.map(({ video }) => of(video).group)).to.deep.equal([undefined, 'given', 'own']);
    expect(of('cat/a.mp4').lines).to.have.length(1);
    expect(Object.keys(identity)).to.deep.equal(['labels', 'groups']);
    // A file is known by what is in it, not by where it lies.
    const moved = await write('moved.csv', 'file,label,group\ncat/a.mp4,cat,own\ndog/small/b.mp4,dog,own\n');
    expect((await readKnownLabels({ labels: moved }, videos)).identity.labels).to.equal(identity.labels);
  });

  it('lists the lines that mean no video, unless the dataset holds it already', async () => {
    const labels = await write('labels.csv', 'file,label\nx.mp4,cat\ntop.mp4,cat\ny.mp4,cat\nx.mp4,cat\n');
    const known = await readKnownLabels({ labels }, videos);
    expect(known.unmatched(new Set(['y.mp4']))).to.deep.equal([
      { source: labels, line: 2, file: 'x.mp4' },
      { source: labels, line: 5, file: 'x.mp4' },
    ]);
  });

  it('refuses a video or a group that would be both for training and for validation', async () => {
    const labels = await write('labels.csv', 'file,label,split\ncat/a.mp4,cat,train\ndog/small/b.mp4,dog,val\n');
    expect((await readKnownLabels({ labels }, videos)).of('cat/a.mp4').lines[0]).to.have.property('split', 'train');
    const error = await rejectionOf(readKnownLabels({ labels, groups: 'mp4' }, videos));
    expect(error).to.be.instanceOf(LacunaError).with.property('kind', 'input');
    expect(error)
      .to.have.property('message')
      .that.matches(/Lines 2 and 3 of .*: the group mp4 cannot be both for training and for validation/);

    const windows = 'file,label,start_frame,num_frames,split\ntop.mp4,cat,16,16,train\ntop.mp4,cat,0,16,';
    await readKnownLabels({ labels: await write('test.csv', `${windows}test\n`) }, videos);
    expect(await rejectionOf(readKnownLabels({ labels: await write('val.csv', `${windows}val\n`) }, videos)))
      .to.have.property('message')
      .that.matches(/Lines 2 and 3 of .*: the video top\.mp4 cannot be both/);
  });
});
