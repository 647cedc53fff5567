import { expect } from 'chai';
import { createEagerEngine } from '../../lib/engine/eager-engine.js';
import type { Engine } from '../../lib/engine/engine.js';
import { createEngine } from '../../lib/engine/engines.js';
import { decayByLayer, layoutOfModel } from '../../lib/model/layer-decay.js';
import { zeros } from '../../lib/model/initial.js';
import { lossProgram } from '../../lib/objectives/programs.js';
import { expectClose } from './expect-close.js';
import { drawnParameters, inputsOf, layoutOf, noisePixels, plansOf, smallConv, smallVit } from './small-models.js';

const vit = { ...smallVit, depth: 3 };

describe('decayByLayer', () => {
  it('lets each layer learn at a part of the rate of the next, and what is of none at the full one', () => {
    const one = (name: string, layer?: number) => ({
      ...{ name, shape: [2], decay: true, initial: zeros },
      ...(layer === undefined ? {} : { layer }),
    });
    const decayed = decayByLayer([one('stem', 0), one('block', 1), one('last', 2), one('head')], 0.5);
    expect(decayed.map(({ rate }) => rate)).to.deep.equal([0.125, 0.25, 0.5, 1]);
  });

  it('leaves everything as it is at 1', () => {
    expect(layoutOfModel(vit, 1)).to.deep.equal(layoutOf(vit));
    expect(layoutOfModel(vit, 1).groups.every(({ rate }) => rate === 1)).to.equal(true);
  });

  it('counts the layers of vit and conv from their input', () => {
    const rates = (of: ReturnType<typeof layoutOfModel>) => new Map(of.places.map(({ name, rate }) => [name, rate]));
    const ofVit = rates(layoutOfModel(vit, 0.5));
    expect(ofVit.get('videomae.embeddings.patch_embeddings.projection.weight')).to.equal(1 / 16);
    expect(ofVit.get('videomae.encoder.layer.0.output.dense.bias')).to.equal(1 / 8);
    expect(ofVit.get('videomae.encoder.layer.2.output.dense.bias')).to.equal(1 / 2);
    for (const name of ['videomae.layernorm.weight', 'decoder.decoder_layers.0.output.dense.bias', 'mask_token']) {
      expect(ofVit.get(name)).to.equal(1);
    }
    const ofConv = rates(layoutOfModel(smallConv, 0.5));
    const names = ['stem.bias', 'encoder.fine.0.first.bias', 'encoder.down.bias', 'encoder.coarse.0.first.bias'];
    expect(names.map((name) => ofConv.get(name))).to.deep.equal([1 / 16, 1 / 8, 1 / 4, 1 / 2]);
    expect(ofConv.get('head.pixels.bias')).to.equal(1);
  });
});

describe('a step with layers of different rates', () => {
  let onnx: Engine;
  before(async () => {
    onnx = await createEngine('onnx', { threads: 1 });
  });
  after(() => onnx.dispose());

  /** How far a first step moves each parameter. */
  const movesOf = async (engine: Engine, layerDecay: number): Promise<Map<string, Float32Array>> => {
    const { plan, arrays } = inputsOf(vit, noisePixels(vit, 2, 1), plansOf(vit, 'patches:0.5', 2));
    const program = lossProgram(vit, 'reconstruction', 2, plan, { layerDecay });
    const { layout } = program;
    const optimiser = { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, clipNorm: 1 };
    const step = await engine.compile('step', { ...program, optimiser });
    const state = engine.createState(layout);
    // The same numbers by name, wherever they stand.
    const drawn = drawnParameters(vit, 1);
    const parameters = new Float32Array(drawn.length);
    for (const { name, offset } of layout.places) {
      const from = layoutOf(vit).places.find((place) => place.name === name);
      if (from !== undefined) parameters.set(drawn.subarray(from.offset, from.offset + from.length), offset);
    }
    const moments = new Float32Array(parameters.length);
    await engine.writeState(state, { parameters, moments1: moments, moments2: moments.slice() });
    await step.run(state, arrays, { learningRate: 0.01, weightDecay: 0.1, step: 1 });
    const after = (await engine.readState(state)).parameters;
    return new Map(
      layout.places.map(({ name, offset, length }) => [
        name,
        after.slice(offset, offset + length).map((value, index) => value - (parameters[offset + index] ?? 0)),
      ]),
    );
  };

  for (const name of ['reference', 'onnx'] as const) {
    it(`moves each by its part of the rate, decay included, on ${name}`, async () => {
      const engine = name === 'onnx' ? onnx : createEagerEngine('cpu');
      const [whole, decayed] = [await movesOf(engine, 1), await movesOf(engine, 0.5)];
      for (const { name: parameter, rate = 1 } of layoutOfModel(vit, 0.5).places) {
        const wanted = whole.get(parameter)?.map((value) => value * rate) ?? [];
        expectClose(decayed.get(parameter) ?? [], wanted, 1e-3, parameter);
      }
    });
  }
});
