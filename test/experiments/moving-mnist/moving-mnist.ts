// Owns the experiment `moving-mnist`: networks of Lacuna and peers learn for equally long and fill in the same clips. Knows nothing of
// how anyone learns.
import { join, resolve } from 'node:path';
import { encodeNpy } from '../../../dist/formats/npy.js';
import { writeWhole } from '../../../dist/dataset/durable-file.js';
import { parseHide } from '../../../dist/masking/hide-expression.js';
import { pixelMask } from '../../../dist/masking/hidden-pixels.js';
import { askPeerVersions, withoutPeers } from '../../bench/python-peers.js';
import type { CurvePoint, Experiment, ExperimentRow, ExperimentSetting } from '../experiment.js';
import { learn, type Look, type TestFigures } from '../learner.js';
import { openWork } from '../stages.js';
import { type Case, cases, type PeerName, peers as peerTable, trainings } from './cases.js';
import { type Digits, digitLength, digitSize, readDigits } from './digits.js';
import { type World, type WorldName, worlds } from './draw-clip.js';
import { createMadeDataset } from './made-dataset.js';
import { createOurLearner, resolveTraining } from './our-learner.js';
import { createPeerLearner, peerFile, type PeerTask } from './peer-learner.js';
import { fillFiguresSchema, type FillFigures, meanFrameOf, scoreTrivialFills } from './score.js';
import { createTestSet, planTest, type TestSet } from './test-set.js';

const metrics = { mse: 'lower', mae: 'lower', psnr: 'higher', ssim: 'higher' } as const;

/** Changes whenever the same configuration would give other figures: then nothing that was kept before is used. */
const version = 1;

/** Of the clips that peers are measured on, as `moving_mnist.py` hides those that they learn from. */
const peerTubelet = { frames: 1, size: 4 };

/** What all stages of a world share. */
type Material = {
  readonly world: World;
  readonly digits: { readonly train: Digits; readonly test: Digits };
  readonly test: TestSet;
};

/** See the top of the file. */
export const movingMnist: Experiment = {
  description: 'Two digits that move and bounce, 20 frames of 64 × 64, filled in beside peers that learn for as long.',
  cases: Object.keys(cases),
  defaultCases: Object.keys(cases).filter((name) => cases[name]?.isDefault),
  run: async (names, setting) => {
    const { python, signal, clips } = setting;
    const digits = await readDigits();
    const made = new Map<WorldName, Material>();
    const materialOf = (name: WorldName): Material => {
      const material = made.get(name) ?? {
        world: worlds[name],
        digits,
        test: createTestSet(worlds[name], digits.test, clips),
      };
      made.set(name, material);
      return material;
    };
    const hasPeers = names.some((name) => (cases[name]?.peers.length ?? 0) > 0);
    const versions = python && hasPeers ? await askPeerVersions(python, peerFile, signal) : {};
    const rows: ExperimentRow[] = [];
    for (const name of names) rows.push(...(await runCase(name, materialOf, setting)));
    return { rows, versions, notes: python === undefined && hasPeers ? [withoutPeers] : [] };
  },
};

async function runCase(
  name: string,
  materialOf: (world: WorldName) => Material,
  setting: ExperimentSetting,
): Promise<readonly ExperimentRow[]> {
  const wanted = cases[name];
  const training = wanted && trainings[wanted.training];
  if (!wanted || !training) throw new RangeError(`there is no case ${name}`);
  const material = materialOf(training.world);
  const { minutes, seeds, python } = setting;
  const ours: (readonly Look[])[] = [];
  const peers = new Map<PeerName, (readonly Look[])[]>();
  for (const seed of seeds) {
    ours.push(await learnOurs(wanted, material, seed, setting));
    for (const peer of python === undefined ? [] : wanted.peers) {
      const looks = await learnPeer(peer, wanted, material, seed, python ?? '', setting);
      peers.set(peer, [...(peers.get(peer) ?? []), looks]);
    }
  }
  const baselines = await scoreBaselines(wanted, material, setting);
  return Object.entries(metrics).map(([metric, better]) => {
    const key = metric as keyof TestFigures;
    const curvesOf = (all: readonly (readonly Look[])[]): readonly (readonly CurvePoint[])[] =>
      all.map((looks) =>
        looks.map((look) => ({ minutes: look.minutes, value: look.figures[wanted.hide]?.[key] ?? Number.NaN })),
      );
    const lastOf = (all: readonly (readonly Look[])[]) =>
      curvesOf(all).map((curve) => curve.at(-1)?.value ?? Number.NaN);
    return {
      ...{ case: name, metric, better, minutes, ours: lastOf(ours) },
      baselines: Object.fromEntries(Object.entries(baselines).map(([fill, figures]) => [fill, figures[key]])),
      peers: Object.fromEntries([...peers].map(([peer, looks]) => [peer, lastOf(looks)])),
      curves: Object.fromEntries([['ours', curvesOf(ours)], ...[...peers].map(([p, l]) => [p, curvesOf(l)] as const)]),
    };
  });
}

function learnOurs(
  { training: name }: Case,
  { world, digits, test }: Material,
  seed: number,
  setting: ExperimentSetting,
): Promise<readonly Look[]> {
  const training = trainings[name];
  if (!training) throw new RangeError(`there is no training ${name}`);
  const dataset = createMadeDataset(training.world, world, digits.train, { seed, purpose: 'moving mnist train' });
  const config = resolveTraining(training, dataset, { minutes: setting.minutes, seed });
  return learn(setting, `${name}-seed-${seed}-ours`, { version, clips: test.clips.length, config }, (folder) =>
    Promise.resolve(createOurLearner(folder, config, dataset, test, setting.signal)),
  );
}

function learnPeer(
  model: PeerName,
  { training, hide }: Case,
  material: Material,
  seed: number,
  python: string,
  setting: ExperimentSetting,
): Promise<readonly Look[]> {
  const { options, filling, learningRate } = peerTable[model];
  const isFuture = parseHide(hide).every(({ kind }) => kind === 'future');
  const network = { options: isFuture ? options : { ...options, ...filling }, learningRate };
  const task = { model, ...network, hide, minutes: setting.minutes, seed };
  return learn(
    setting,
    `${training}-seed-${seed}-${model}`,
    { version, clips: material.test.clips.length, ...task },
    async (folder) => {
      const files = await writePeerFiles(material, hide, setting.folder);
      return createPeerLearner(folder, python, { ...task, ...files }, setting.signal);
    },
  );
}

/** The digits that peers draw from, the clips that they are measured on and what is hidden of them, as files. */
async function writePeerFiles(
  { digits, test }: Material,
  hide: string,
  folder: string,
): Promise<Pick<PeerTask, 'digits' | 'test' | 'hidden'>> {
  const { frames, height, width, channels } = test.shape;
  const count = test.clips.length;
  const hidden = test.clips.map((_, row) => pixelMask(planTest(hide, test.shape, peerTubelet, row)));
  const write = async (name: string, values: Uint8Array, shape: readonly number[]): Promise<string> => {
    await writeWhole(folder, name, [encodeNpy(values, shape)]);
    return resolve(join(folder, name));
  };
  return {
    digits: await write('digits.npy', digits.train, [digits.train.length / digitLength, digitSize, digitSize]),
    test: await write('test.npy', test.pixels, [count, frames, height, width, channels]),
    hidden: await write(`hidden-${nameOf(hide)}.npy`, Buffer.concat(hidden), [count, frames, height, width]),
  };
}

function nameOf(hide: string): string {
  return hide.replace(/[^a-z0-9.]+/gi, '-');
}

async function scoreBaselines(
  { training: name, hide }: Case,
  { world, digits, test }: Material,
  setting: ExperimentSetting,
): Promise<FillFigures> {
  const training = trainings[name];
  if (!training) throw new RangeError(`there is no training ${name}`);
  const dataset = createMadeDataset(training.world, world, digits.train, { seed: 0, purpose: '' });
  const { model } = resolveTraining(training, dataset, { minutes: 1, seed: 0 });
  const tubelet = { frames: model.tubeletFrames, size: model.patch };
  const config = { version, clips: test.clips.length, world: training.world, hide, tubelet };
  const work = await openWork(setting.folder, `fills-${nameOf(hide)}`, config);
  return work.keep('figures', fillFiguresSchema, () => {
    setting.onProgress(`${name}: what is reached without learning`);
    return scoreTrivialFills(test, hide, tubelet, meanFrameOf(world, digits.train), setting.signal);
  });
}
