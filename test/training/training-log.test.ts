import { expect } from 'chai';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { decodeJsonLines } from '../../lib/formats/jsonl.js';
import { encodeEvent, tensorboardFileVersion } from '../../lib/formats/tensorboard.js';
import { parseMetricsLine } from '../../lib/run/metrics-line.js';
import type { MadeStep } from '../../lib/training/make-step.js';
import { openTrainingLog, type StepMetrics } from '../../lib/training/training-log.js';
import { folderContents } from '../dataset/folder-contents.js';
import { temporaryFolder } from '../video/made-videos.js';

const kindOf = (step: number) => (step % 2 === 0 ? 'gap:1' : 'future:2');
const madeOf = (step: number): MadeStep => ({
  ...{ losses: { [kindOf(step)]: 1 / step }, loss: 1 / step, gradientNorm: step, learningRate: 1e-3 },
  ...{ seconds: 0.5, dataSeconds: step / 100 },
});
const metricsOf = (step: number): StepMetrics => ({
  ...{ step, hide: kindOf(step), loss: 1 / step, gradientNorm: step, learningRate: 1e-3 },
});
const timingOf = (step: number) => ({
  ...{ step, seconds: 0.5, dataSeconds: step / 100, clipsPerSecond: 16, residentBytes: 3 * 2 ** 20 },
});

describe('the training log', () => {
  const folder = temporaryFolder();
  const make = async (name: string): Promise<string> => {
    await mkdir(folder.path(name));
    return folder.path(name);
  };
  /** Writes some steps and gives the bytes of each file after them. */
  const write = async (run: string, bytes: Record<string, number>, steps: readonly number[], nowSeconds = 1000.5) => {
    const machine = { nowSeconds: () => nowSeconds, residentBytes: () => 3 * 2 ** 20 };
    const log = await openTrainingLog(run, bytes, machine);
    for (const step of steps) await log.write(madeOf(step), step, 8);
    const sizes = await log.sync();
    await log.close();
    return sizes;
  };
  const linesOf = async (file: string) => decodeJsonLines(await readFile(folder.path(file))).values;

  it('has a line for each step, with times in a file of their own', async () => {
    await write(await make('lines'), {}, [1, 2]);
    expect(await linesOf('lines/metrics.jsonl')).to.deep.equal([metricsOf(1), metricsOf(2)]);
    expect(await linesOf('lines/timing.jsonl')).to.deep.equal([timingOf(1), timingOf(2)]);
  });

  it('has an event for each step that TensorBoard reads, with a loss for each mask', async () => {
    await write(await make('events'), {}, [1, 2]);
    const scalarsOf = (step: number) => {
      const { loss, gradientNorm, learningRate, dataSeconds } = madeOf(step);
      const rest = { gradient_norm: gradientNorm, learning_rate: learningRate, clips_per_second: 16 };
      return { [`loss/${kindOf(step)}`]: loss, ...rest, data_ms: 1000 * dataSeconds, resident_mib: 3 };
    };
    expect(await readFile(folder.path('events/events.out.tfevents.1000.lacuna'))).to.deep.equal(
      Buffer.concat([
        encodeEvent({ fileVersion: tensorboardFileVersion, wallTimeSeconds: 1000.5 }),
        ...[1, 2].map((step) => encodeEvent({ wallTimeSeconds: 1000.5, step, scalars: scalarsOf(step) })),
      ]),
    );
  });

  it('has the loss of each kind of mask, and those on held-out clips where they were measured', async () => {
    const run = await make('kinds');
    const log = await openTrainingLog(run, {}, { nowSeconds: () => 1000.5, residentBytes: () => 2 ** 20 });
    const losses = { 'future:2': 0.5, 'gap:1': 0.25 };
    const validation = { 'future:2': 0.75, 'gap:1': NaN };
    const steadiness = { uniformity: -1.5, effectiveRank: 4, changed: 0.25 };
    await log.write({ ...madeOf(2), losses, loss: 0.375 }, 2, 8, { validation, steadiness });
    await log.close();
    const [line] = await linesOf('kinds/metrics.jsonl');
    expect(line).to.deep.equal({
      ...{ step: 2, loss: 0.375, losses, gradientNorm: 2, learningRate: 1e-3 },
      validation: { 'future:2': 0.75, 'gap:1': null },
      steadiness,
    });
    expect(parseMetricsLine(line)).to.deep.equal({ step: 2, losses, validation });
    const scalars = {
      ...{ 'loss/future:2': 0.5, 'loss/gap:1': 0.25, 'validation/future:2': 0.75, 'validation/gap:1': NaN },
      ...{ 'steadiness/uniformity': -1.5, 'steadiness/effectiveRank': 4, 'steadiness/changed': 0.25 },
      ...{ gradient_norm: 2, learning_rate: 1e-3, clips_per_second: 16, data_ms: 20, resident_mib: 1 },
    };
    const events = await readFile(folder.path('kinds/events.out.tfevents.1000.lacuna'));
    const last = encodeEvent({ wallTimeSeconds: 1000.5, step: 2, scalars });
    expect(events.subarray(-last.length)).to.deep.equal(Buffer.from(last));
  });

  it('says how long each file is', async () => {
    const sizes = await write(await make('sizes'), {}, [1, 2, 3]);
    const contents = await folderContents(folder.path('sizes'));
    expect(Object.keys(sizes)).to.have.members(Object.keys(contents)).and.have.length(3);
    for (const [name, size] of Object.entries(sizes)) expect(contents[name]).to.match(new RegExp(`^${size} `));
  });

  it('is cut back to a checkpoint, and goes on as if nothing had been written after it', async () => {
    await write(await make('straight'), {}, [1, 2, 3, 4]);
    const run = await make('resumed');
    const bytes = await write(run, {}, [1, 2]);
    await write(run, bytes, [3, 7, 8, 9]);
    // A line that a killed process had begun.
    await writeFile(folder.path('resumed/metrics.jsonl'), '{"step": 10, "hi', { flag: 'a' });
    await write(run, bytes, [3, 4]);
    expect(await folderContents(run)).to.deep.equal(await folderContents(folder.path('straight')));
  });

  it('is cut back to the checkpoint at once, even where no step follows', async () => {
    const run = await make('cut');
    const bytes = await write(run, {}, [1]);
    await write(run, bytes, [2, 3]);
    expect(await write(run, bytes, [])).to.deep.equal(bytes);
    expect(await linesOf('cut/metrics.jsonl')).to.deep.equal([metricsOf(1)]);
  });

  it('begins anew where there is no checkpoint, in the same file of events', async () => {
    const run = await make('anew');
    await write(run, {}, [1, 2, 3]);
    await write(run, {}, [1], 2000);
    expect(await readdir(run)).to.have.members(['metrics.jsonl', 'timing.jsonl', 'events.out.tfevents.1000.lacuna']);
    expect(await linesOf('anew/metrics.jsonl')).to.deep.equal([metricsOf(1)]);
    const events = await readFile(folder.path('anew/events.out.tfevents.1000.lacuna'));
    const version = encodeEvent({ fileVersion: tensorboardFileVersion, wallTimeSeconds: 2000 });
    expect(events.subarray(0, version.length)).to.deep.equal(Buffer.from(version));
  });
});
