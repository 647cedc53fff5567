import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { writeWorld } from '../../lib/index.js';
import { expectRefusals } from './refusals.js';
import { startCommand } from './start-command.js';

describe('lacuna prepare --labels --group', () => {
  let folder: string;
  const at = (...names: string[]) => path.join(folder, ...names);
  const prepare = (out: string, ...words: string[]) => {
    return ['prepare', at('world'), '--out', at(out), '--size', '16', '--frames', '8', ...words];
  };

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'lacuna-'));
    const videos = await writeWorld({ out: at('world'), videos: 6, seconds: 2, seed: 0, size: 16 });
    for (const [index, video] of videos.entries()) {
      const label = index < 3 ? 'round' : 'square';
      await mkdir(at('world', label), { recursive: true });
      await rename(video, at('world', label, `scene${index % 2}-${index}.mp4`));
    }
  });
  after(() => rm(folder, { recursive: true }));

  it('says what is labelled, and writes it beside each clip', async () => {
    const { code, stdout } = await startCommand(prepare('folders', '--labels', 'folder', '--group', '(scene\\d)'));
    expect(stdout).to.contain('\n18 of 18 clips labelled: round 9, square 9\nNext: ');
    expect(code).to.equal(0);
    const first = (await readFile(at('folders', 'clips.jsonl'), 'utf8')).split('\n')[0] ?? '';
    expect(JSON.parse(first)).to.include({ label: 'round', group: 'scene0' });
  });

  it('says which lines mean no video, and still ends with 0', async () => {
    const lines = [
      'file,label,start_frame,num_frames',
      'round/scene0-0.mp4,ball,0,16',
      ...Array<string>(7).fill('gone.mp4,ball,,'),
    ];
    await writeFile(at('labels.csv'), `${lines.join('\r\n')}\r\n`);
    const { code, stdout } = await startCommand(prepare('file', '--labels', at('labels.csv')));
    expect(stdout).to.contain(
      '\n2 of 18 clips labelled: ball 2\n7 lines without a video: gone.mp4 (line 3 of labels.csv), ',
    );
    expect(stdout).to.contain('gone.mp4 (line 7 of labels.csv), and 2 more\n');
    expect(code).to.equal(0);
    const json = await startCommand(prepare('file', '--labels', at('labels.csv'), '--json', '--quiet'));
    const { unmatched, classes } = JSON.parse(json.stdout) as { unmatched: unknown[]; classes: unknown[] };
    expect(unmatched).to.have.length(7);
    expect(unmatched[0]).to.deep.equal({ source: at('labels.csv'), line: 3, file: 'gone.mp4' });
    expect(classes).to.deep.equal([{ label: 'ball', clips: 2, videos: 1, groups: 1 }]);
  });

  it('says so where no clip has a label', async () => {
    await writeFile(at('short.csv'), 'file,label,start_frame,num_frames\nround/scene0-0.mp4,ball,0,3\n');
    const { stdout } = await startCommand(prepare('short', '--labels', at('short.csv')));
    expect(stdout).to.match(
      /\nNo clip has a label: none lies wholly inside frames that .*short\.csv labels; fewer --frames/,
    );
  });

  it('refuses wrong files and expressions in one sentence', async () => {
    await writeFile(at('twice.csv'), 'file,label\nround/scene0-0.mp4,a\nround/scene0-0.mp4,b\n');
    await writeFile(at('broken.csv'), 'file,label\nround/scene0-0.mp4\n');
    const refused = (...words: string[]) => prepare('nothing', ...words);
    await expectRefusals([
      ['a file that is not there', refused('--labels', at('no.csv')), /no\.csv cannot be read; labels takes/, 1],
      ['a broken file', refused('--labels', at('broken.csv')), /Line 2 of .*broken\.csv has 1 fields/, 1],
      ['a contradiction', refused('--labels', at('twice.csv')), /Lines 2 and 3 of .*twice\.csv contradict/, 1],
      ['groups without groups', refused('--group', at('twice.csv')), /Line 1 of .*names no column group/, 1],
      ['no expression', refused('--group', '('), /a CSV file or a regular expression, and \( is neither/, 2],
      ['other labels', prepare('folders', '--labels', at('labels.csv')), /labels is folder there and sha256:/, 2],
    ]);
  });
});
