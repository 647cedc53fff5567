import { expect } from 'chai';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import type { Progress } from '../../lib/clip/job.js';
import { decodeVideo } from '../../lib/video/decode.js';
import { createBouncingShapes } from '../../lib/worlds/bouncing-shapes.js';
import { writeWorld } from '../../lib/worlds/write-world.js';

describe('write-world', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'lacuna-world-'));
  });
  after(async () => {
    await rm(folder, { recursive: true });
  });

  it('writes videos that show the world, and a table of what is true of them', async () => {
    const out = path.join(folder, 'new', 'world');
    const reports: Progress[] = [];
    const files = await writeWorld(
      { out, videos: 2, seconds: 1, seed: 5 },
      { onProgress: (report) => reports.push(report) },
    );
    expect(files).to.deep.equal([path.join(out, 'bounce-000.mp4'), path.join(out, 'bounce-001.mp4')]);
    expect(reports.map(({ unit, done, total }) => [unit, done, total])).to.deep.equal([
      ['videos', 1, 2],
      ['videos', 2, 2],
    ]);
    const scenes = [0, 1].map((video) => createBouncingShapes({ seed: 5, video, seconds: 1 }));
    for (const [index, file] of files.entries()) {
      const drawn = [...(scenes[index]?.frames ?? [])];
      let count = 0;
      for await (const frame of decodeVideo(file, { width: 64, height: 64 })) {
        // What halving the colours' resolution costs at sharp edges.
        expect(meanSquaredError(frame, drawn[count])).to.be.below(100);
        count += 1;
      }
      expect(count).to.equal(12);
    }
    const [head, ...rows] = (await readFile(path.join(out, 'labels.csv'), 'utf8')).trimEnd().split('\n');
    expect(head).to.equal('file,label,shapes,speeds');
    rows.forEach((row, index) => {
      const [file, label, shapes, speeds = ''] = row.split(',');
      const scene = scenes[index];
      expect([file, label, Number(shapes)]).to.deep.equal([`bounce-00${index}.mp4`, scene?.kind, scene?.shapes.length]);
      expect(speeds.split(' ').map(Number)).to.have.length(scene?.shapes.length ?? NaN);
    });
    expect(await readdir(out)).to.have.members(['bounce-000.mp4', 'bounce-001.mp4', 'labels.csv']);
  });

  it('writes labelled worlds, and holds out what looks unlike the rest', async () => {
    const out = path.join(folder, 'motions');
    const files = await writeWorld({ out, world: 'motions', videos: 3, heldOut: 1, seconds: 0.5, seed: 2, size: 32 });
    const names = ['motion-000.mp4', 'motion-001.mp4', 'motion-002.mp4', 'held-out-000.mp4'];
    expect(files.map((file) => path.basename(file))).to.deep.equal(names);
    const lines = (await readFile(path.join(out, 'labels.csv'), 'utf8')).trimEnd().split('\n');
    expect(lines[0]).to.equal('file,label,motion,look,split');
    expect(lines.slice(1).map((line) => line.split(',').filter((_, column) => column !== 3))).to.deep.equal([
      ['motion-000.mp4', 'straight', 'straight', 'train'],
      ['motion-001.mp4', 'bounce', 'bounce', 'train'],
      ['motion-002.mp4', 'gravity', 'gravity', 'train'],
      ['held-out-000.mp4', 'straight', 'straight', 'test'],
    ]);
  });

  it('refuses to hold out what a world has not', async () => {
    const wrong = { out: folder, videos: 1, heldOut: 1, seconds: 1, seed: 0 };
    const error: unknown = await writeWorld(wrong).catch((reason: unknown) => reason);
    expect(error)
      .to.be.instanceOf(LacunaError)
      .with.property('message')
      .that.matches(/bouncing-shapes/);
  });

  it('says what is too short or too small for a world', async () => {
    for (const [wrong, sentence] of [
      [{ world: 'surprises', seconds: 2.9 }, 'Videos of surprises are at least 3 seconds long; seconds is 2.9.'],
      [{ world: 'looks', seconds: 1, size: 30 }, 'Videos of looks are at least 32 pixels a side; size is 30.'],
    ] as const) {
      const error: unknown = await writeWorld({ out: folder, videos: 1, seed: 0, ...wrong }).catch(
        (reason: unknown) => reason,
      );
      expect(error).to.be.instanceOf(LacunaError).with.property('message', sentence);
      expect(error).to.have.property('kind', 'usage');
    }
  });

  it('ends where it is told to', async () => {
    const controller = new AbortController();
    const out = path.join(folder, 'ended');
    const call = writeWorld(
      { out, videos: 50, seconds: 1, seed: 0, size: 16 },
      { signal: controller.signal, onProgress: () => controller.abort(new Error('enough')) },
    );
    const error: unknown = await call.catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(Error).with.property('message', 'enough');
    expect(await readdir(out)).to.deep.equal(['bounce-000.mp4']);
  });

  it('says which option is wrong', async () => {
    const error: unknown = await writeWorld({ out: folder, videos: 0, seconds: 1, seed: 0 }).catch(
      (reason: unknown) => reason,
    );
    expect(error)
      .to.be.instanceOf(LacunaError)
      .with.property('message')
      .that.matches(/^writeWorld cannot take these options: videos: /);
    expect(error).to.have.property('kind', 'usage');
  });
});

function meanSquaredError(one: Uint8Array, other: Uint8Array | undefined): number {
  return one.reduce((sum, value, index) => sum + (value - (other?.[index] ?? NaN)) ** 2, 0) / one.length;
}
