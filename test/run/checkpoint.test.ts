import { expect } from 'chai';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { encodeSafetensors } from '../../lib/formats/safetensors.js';
import { type Checkpoint, readCheckpoint, removeLaterCheckpoints, writeCheckpoint } from '../../lib/run/checkpoint.js';
import { beginning } from '../../lib/run/position.js';
import { checkpointName } from '../../lib/run/run-files.js';
import { rejectionOf, temporaryFolder } from '../video/made-videos.js';

const checkpointOf = (step: number, length = 5): Checkpoint => ({
  position: {
    ...beginning,
    ...{ step, elapsedSeconds: step / 3, loss: 1 / (step + 1), isFinished: step > 100 },
    logBytes: { 'metrics.jsonl': 7 * step, 'events.out.tfevents.1.lacuna': 3 },
  },
  state: {
    parameters: Float32Array.from({ length }, (_, index) => step + index / 3),
    moments1: Float32Array.from({ length }, (_, index) => -1e-20 * (step + index)),
    moments2: Float32Array.from({ length }, (_, index) => 1e30 * index),
  },
});

describe('checkpoints', () => {
  const folder = temporaryFolder();
  const namesIn = (name: string) => readdir(folder.path(`${name}/checkpoints`));

  it('are read back bit for bit', async () => {
    for (const step of [0, 3, 123_456_789]) {
      await writeCheckpoint(folder.path(`step-${step}`), checkpointOf(step));
      expect(await readCheckpoint(folder.path(`step-${step}`))).to.deep.equal(checkpointOf(step));
    }
  });

  it('are none where nothing was written', async () => {
    expect(await readCheckpoint(folder.path('absent'))).to.equal(undefined);
    await mkdir(folder.path('strange/checkpoints/best'), { recursive: true });
    await mkdir(folder.path('strange/checkpoints/.step-00000009.new'));
    expect(await readCheckpoint(folder.path('strange'))).to.equal(undefined);
  });

  it('keep the newest two by their step, whatever the order of their names', async () => {
    for (const step of [2, 30, 99_999_999, 100_000_000]) {
      await writeCheckpoint(folder.path('many'), checkpointOf(step));
      expect((await readCheckpoint(folder.path('many')))?.position.step).to.equal(step);
    }
    expect(await namesIn('many')).to.have.members(['step-99999999', 'step-100000000']);
  });

  it('keep averages, and what a run knows of its losses', async () => {
    const { position, state } = checkpointOf(7);
    const averages = state.parameters.map((value) => value / 7);
    const known: Checkpoint = {
      position: {
        ...position,
        ...{ kinds: { 'gap:1': { mean: 1 / 3, steps: 9 } }, highSteps: 2, falls: 1, anchor: 4 },
        validation: { best: { step: 4, loss: 0.1 }, sinceBest: 1, atSeconds: 3.25, tookSeconds: 0.5 },
      },
      state: { ...state, averages },
    };
    await writeCheckpoint(folder.path('known'), known);
    expect(await readCheckpoint(folder.path('known'))).to.deep.equal(known);
  });

  it('are read where they were written before those were known', async () => {
    const { position, state } = checkpointOf(7);
    await writeCheckpoint(folder.path('older'), { position, state });
    const file = folder.path(`older/checkpoints/${checkpointName(7)}/position.json`);
    const { step, elapsedSeconds, loss, isFinished, logBytes } = position;
    await writeFile(file, JSON.stringify({ step, elapsedSeconds, loss, isFinished, logBytes }));
    const { anchor, ...known } = position;
    expect(anchor).to.equal(0);
    expect((await readCheckpoint(folder.path('older')))?.position).to.deep.equal(known);
  });

  it('keep as many as they are told to, and the one that the run would go back to', async () => {
    for (const step of [1, 2, 3, 4]) {
      const { position, state } = checkpointOf(step);
      await writeCheckpoint(folder.path('kept'), { position: { ...position, anchor: 2 }, state }, step < 4 ? 3 : 1);
      if (step === 3) expect(await namesIn('kept')).to.have.length(3);
    }
    expect(await namesIn('kept')).to.have.members([checkpointName(2), checkpointName(4)]);
    expect((await readCheckpoint(folder.path('kept'), 2))?.position.step).to.equal(2);
    expect(await readCheckpoint(folder.path('kept'), 3)).to.equal(undefined);
  });

  it('are removed behind one that a run goes back to', async () => {
    for (const step of [1, 2, 3]) await writeCheckpoint(folder.path('behind'), checkpointOf(step), 3);
    await mkdir(folder.path('behind/checkpoints/.step-00000003.old/part'), { recursive: true });
    await removeLaterCheckpoints(folder.path('behind'), 1);
    expect(await namesIn('behind')).to.deep.equal([checkpointName(1)]);
    await removeLaterCheckpoints(folder.path('nowhere'), 1);
  });

  it('leave alone what else lies among them', async () => {
    await mkdir(folder.path('among/checkpoints/best'), { recursive: true });
    for (const step of [1, 2, 3]) await writeCheckpoint(folder.path('among'), checkpointOf(step));
    expect(await namesIn('among')).to.have.members(['best', checkpointName(2), checkpointName(3)]);
  });

  it('replace one of the same step, and what a killed run had begun', async () => {
    const run = folder.path('again');
    await writeCheckpoint(run, checkpointOf(4));
    for (const part of ['.step-00000004.new', '.step-00000007.new', '.step-00000001.old', '.best.new']) {
      await cp(folder.path('again/checkpoints/step-00000004'), folder.path(`again/checkpoints/${part}`), {
        recursive: true,
      });
    }
    const finished = checkpointOf(4, 6);
    await writeCheckpoint(run, { ...finished, position: { ...finished.position, isFinished: true } });
    const read = await readCheckpoint(run);
    expect(read?.position.isFinished).to.equal(true);
    expect(read?.state).to.deep.equal(finished.state);
    expect(await namesIn('again')).to.deep.equal(['step-00000004']);
  });

  describe('that are damaged', () => {
    const place = 'damaged/checkpoints/step-00000008';
    const damages: readonly (readonly [string, () => Promise<void>])[] = [
      ['a position that is cut off', () => cut(`${place}/position.json`, 20)],
      ['a position with another meaning', () => writeFile(folder.path(`${place}/position.json`), '{"step": -1}')],
      ['no position', () => rm(folder.path(`${place}/position.json`))],
      ['a state that is cut off', () => cut(`${place}/state.safetensors`, 100)],
      ['an empty state', () => cut(`${place}/state.safetensors`, 0)],
      ['no state', () => rm(folder.path(`${place}/state.safetensors`))],
      ['a state without moments', () => writeState({ parameters: 5, moments1: 5 })],
      ['a state of unequal lengths', () => writeState({ parameters: 5, moments1: 5, moments2: 4 })],
    ];
    for (const [what, damage] of damages) {
      it(`are refused in a sentence that names the file: ${what}`, async () => {
        const run = folder.path('damaged');
        await rm(run, { recursive: true, force: true });
        for (const step of [5, 8]) await writeCheckpoint(run, checkpointOf(step));
        await damage();
        const error = await rejectionOf(readCheckpoint(run));
        expect(error).to.be.instanceOf(LacunaError).with.property('kind', 'input');
        expect(error).to.have.property('message').that.includes(folder.path(place));
        // As the sentence says, the one before is whole.
        await rm(folder.path(place), { recursive: true });
        expect(await readCheckpoint(run)).to.deep.equal(checkpointOf(5));
      });
    }

    async function cut(name: string, bytes: number): Promise<void> {
      await writeFile(folder.path(name), (await readFile(folder.path(name))).subarray(0, bytes));
    }

    async function writeState(lengths: Readonly<Record<string, number>>): Promise<void> {
      const tensors = Object.entries(lengths).map(([name, length]) => ({
        ...{ name, dtype: 'F32' as const, shape: [length], data: new Float32Array(length) },
      }));
      await writeFile(folder.path(`${place}/state.safetensors`), Buffer.concat(encodeSafetensors(tensors)));
    }
  });
});
