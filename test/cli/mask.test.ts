import { expect } from 'chai';
import { decode } from 'fast-png';
import { readFile } from 'node:fs/promises';
import { makeVideo, temporaryFolder } from '../video/made-videos.js';
import { expectRefusals } from './refusals.js';
import { startCommand } from './start-command.js';

describe('lacuna mask', () => {
  const folder = temporaryFolder();
  const mask = (...words: string[]) => ['mask', '--out', folder.path('plan.png'), ...words];

  it('draws each --hide and prints the counts, and the same as JSON', async () => {
    const video = await makeVideo(folder.path('clip.mp4'), { frames: 12 });
    const words = mask(
      ...['--hide', 'gap:2+gap:2', '--hide', 'blocks:long', '--samples', '2', '--seed', '3', '--score', '0.5'],
      ...['--frames', '12', '--size', '32', '--tubelet', '2x8', '--video', video],
    );
    const text = await startCommand(words);
    expect(text.stdout.split('\n')).to.deep.equal([
      `${folder.path('plan.png')}: a column for each of 12 frames of 32 × 32 pixels, from the top`,
      'rows 1 to 2: gap:2+gap:2, 16 of 96 tokens hidden (16.7 %), 64 visible, 16 unused',
      'rows 3 to 4: blocks:2x0.7, 42 of 96 tokens hidden (43.8 %), 12 visible, 42 unused',
      'tokens: 6 × 4 × 4, each 2 × 8 × 8',
      '',
    ]);
    const { width, height } = decode(await readFile(folder.path('plan.png')));
    expect([width, height]).to.deep.equal([12 * 132 - 4, 4 * 132 - 4]);
    const json = await startCommand([...words, '--json', '--quiet']);
    const said = JSON.parse(json.stdout) as { plans: Record<string, unknown>[] };
    expect(said).to.deep.include({ shape: [12, 32, 32, 3], tubelet: { frames: 2, size: 8 }, grid: [6, 4, 4] });
    expect(said.plans.map(({ hide, sample }) => [hide, sample])).to.deep.equal([
      ['gap:2+gap:2', 0],
      ['gap:2+gap:2', 1],
      ['blocks:2x0.7', 0],
      ['blocks:2x0.7', 1],
    ]);
    expect([text.code, json.code, json.stderr]).to.deep.equal([0, 0, '']);
  });

  it('refuses bad input in one sentence, with the exit code that belongs to it', async () => {
    await expectRefusals([
      ['a wrong mask', mask('--hide', 'gapp:2'), /did you mean gap:4/, 2],
      [
        'a wrong tubelet',
        mask('--hide', 'gap:2', '--tubelet', '2'),
        /'2' is invalid: it must be frames, x, and pixels/,
        2,
      ],
      ['a missing video', mask('--hide', 'gap:2', '--video', folder.path('gone.mp4')), /gone\.mp4 cannot be read/, 1],
    ]);
  });
});
