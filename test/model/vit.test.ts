import { expect } from 'chai';
import { clipLength } from '../../lib/clip/clip.js';
import { readTokens } from '../../lib/clip/tubelets.js';
import { createEagerEngine } from '../../lib/engine/eager-engine.js';
import type { Engine } from '../../lib/engine/engine.js';
import { createOnnxEngine } from '../../lib/engine/onnx-engine.js';
import { forwardGraph } from '../../lib/engine/onnx-graphs.js';
import type { MaskPlan } from '../../lib/masking/mask-plan.js';
import { linearBlend } from '../../lib/measures/linear-blend.js';
import { colourDeviation, colourMean } from '../../lib/model/colours.js';
import { clipShapeOfModel, gridOfModel, type VitConfig, vitDefaults } from '../../lib/model/model-config.js';
import { sinusoidalPositions } from '../../lib/model/positions.js';
import { vit } from '../../lib/model/vit.js';
import { fillProgram } from '../../lib/objectives/programs.js';
import { operatorsOf } from '../formats/read-nodes.js';
import { decodeAll } from './decode-all.js';
import { expectClose } from './expect-close.js';
import {
  type Batch,
  differentiate,
  drawnParameters,
  embed,
  fill,
  initialParameters,
  layoutOf,
  measureLoss,
  noisePixels,
  plansOf,
  setParameter,
  smallVit,
  valuesOf,
} from './small-models.js';

/** The parameters of one block by the names of Hugging Face's VideoMAE. */
const blockNames = (of: string) =>
  [
    ...['layernorm_before.weight', 'layernorm_before.bias', 'layernorm_after.weight', 'layernorm_after.bias'],
    ...['attention.attention.query.weight', 'attention.attention.key.weight', 'attention.attention.value.weight'],
    ...['attention.attention.q_bias', 'attention.attention.v_bias'],
    ...['attention.output.dense.weight', 'attention.output.dense.bias'],
    ...['intermediate.dense.weight', 'intermediate.dense.bias', 'output.dense.weight', 'output.dense.bias'],
  ].map((name) => `${of}.${name}`);

/** (x − mean) / deviation over a row, scaled and shifted. */
function normalise(row: readonly number[], weight: Float32Array, bias: Float32Array): number[] {
  const mean = row.reduce((sum, value) => sum + value, 0) / row.length;
  const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / row.length;
  return row.map((value, index) => ((value - mean) / Math.sqrt(variance)) * (weight[index] ?? 0) + (bias[index] ?? 0));
}

describe('vit', () => {
  const engine = createEagerEngine('cpu');
  const grid = gridOfModel(smallVit);
  /** t · p · p · C. */
  const length = 2 * 4 * 4 * 3;
  const { width, decoderWidth } = smallVit;
  const batchOf = (config: VitConfig, hide: string, samples: number): Batch => ({
    config,
    parameters: drawnParameters(config, 2),
    pixels: noisePixels(config, samples, 4),
    plans: plansOf(config, hide, samples),
  });

  it('has the parameters of VideoMAE for pretraining, by its names and shapes', () => {
    const { places } = layoutOf({ ...smallVit, depth: 2 });
    expect(places.map(({ name }) => name)).to.have.members([
      ...['weight', 'bias'].map((part) => `videomae.embeddings.patch_embeddings.projection.${part}`),
      ...[0, 1].flatMap((block) => blockNames(`videomae.encoder.layer.${block}`)),
      ...['videomae.layernorm.weight', 'videomae.layernorm.bias', 'encoder_to_decoder.weight', 'mask_token'],
      ...blockNames('decoder.decoder_layers.0'),
      ...['decoder.norm.weight', 'decoder.norm.bias', 'decoder.head.weight', 'decoder.head.bias'],
    ]);
    const shapeOf = (wanted: string) => places.find(({ name }) => name === wanted)?.shape;
    expect(shapeOf('videomae.embeddings.patch_embeddings.projection.weight')).to.deep.equal([width, 3, 2, 4, 4]);
    expect(shapeOf('mask_token')).to.deep.equal([1, 1, decoderWidth]);
    expect(shapeOf('encoder_to_decoder.weight')).to.deep.equal([decoderWidth, width]);
    expect(shapeOf('decoder.head.weight')).to.deep.equal([length, decoderWidth]);
    expect(shapeOf('videomae.encoder.layer.1.intermediate.dense.weight')).to.deep.equal([4 * width, width]);
  });

  it('embeds colours, tubelets and positions as a sum by hand does', async () => {
    const config = { ...smallVit, depth: 0 };
    const batch = batchOf(config, 'patches:0.5', 2);
    const of = (name: string) => valuesOf(config, batch.parameters, name);
    const weight = of('videomae.embeddings.patch_embeddings.projection.weight');
    const bias = of('videomae.embeddings.patch_embeddings.projection.bias');
    const positions = sinusoidalPositions(grid.tokens, width);
    const bytes = clipLength(clipShapeOfModel(config));
    const expected = batch.plans.flatMap(({ visible }, sample) => {
      const clip = batch.pixels.subarray(sample * bytes, (sample + 1) * bytes);
      const rows = Array.from(visible, (token) => {
        const values = readTokens(clip, grid, Int32Array.of(token));
        const embedded = Array.from({ length: width }, (_, dimension) => {
          let sum = (bias[dimension] ?? 0) + (positions[token * width + dimension] ?? 0);
          for (const [index, value] of values.entries()) {
            const channel = index % 3;
            const colour = (value / 255 - (colourMean[channel] ?? 0)) / (colourDeviation[channel] ?? 1);
            // The weight is [D, C, t, p, p], a token (t, p, p, C).
            sum += colour * (weight[(dimension * 3 + channel) * 32 + Math.floor(index / 3)] ?? 0);
          }
          return sum;
        });
        return normalise(embedded, of('videomae.layernorm.weight'), of('videomae.layernorm.bias'));
      });
      return Array.from({ length: width }, (_, dimension) =>
        rows.reduce((sum, row) => sum + (row[dimension] ?? 0) / rows.length, 0),
      );
    });
    expectClose(await embed(engine, batch), expected, 1e-5);
  });

  it('asks for each hidden token by the mask token and its position', async () => {
    const config = { ...smallVit, decoderDepth: 0 };
    const batch = batchOf(config, 'patches:0.5', 2);
    const of = (name: string) => valuesOf(config, batch.parameters, name);
    const positions = sinusoidalPositions(grid.tokens, decoderWidth);
    const [weight, bias] = [of('decoder.head.weight'), of('decoder.head.bias')];
    const expected = batch.plans.flatMap(({ hidden }) =>
      Array.from(hidden).flatMap((token) => {
        const asked = Array.from(of('mask_token'), (value, index) => value + (positions[token * 8 + index] ?? 0));
        const row = normalise(asked, of('decoder.norm.weight'), of('decoder.norm.bias'));
        return Array.from(bias, (start, value) =>
          row.reduce((sum, one, index) => sum + one * (weight[value * decoderWidth + index] ?? 0), start),
        );
      }),
    );
    expectClose(await fill(engine, batch), expected, 1e-5);
  });

  it('gives every hidden token what a decoder gives that works out all tokens in all blocks', async () => {
    for (const decoderDepth of [1, 2]) {
      const config = { ...smallVit, decoderDepth };
      const batch = batchOf(config, 'patches:0.5', 2);
      // Of what is visible the decoder sees the place alone: no encoder is needed to say what it starts from.
      setParameter(config, batch.parameters, 'encoder_to_decoder.weight', 0);
      const expected = batch.plans.flatMap((plan) => decodeAll(config, batch.parameters, plan));
      expectClose(await fill(engine, batch), expected, 1e-5);
    }
  });

  describe('where the decoder takes a few clips at once', () => {
    // Two clips of 1,024 tokens and 256 values fill the cache to the byte, with an inner layer of 1,024 values.
    const config: VitConfig = {
      ...{ ...vitDefaults, family: 'vit', size: 64, frames: 4, tubeletFrames: 1, patch: 4 },
      ...{ width: 8, depth: 1, heads: 1, decoderWidth: 256, decoderDepth: 1, decoderHeads: 2 },
    };
    const batch = batchOf(config, 'patches:0.9', 3);
    const bytes = clipLength(clipShapeOfModel(config));
    const alone = batch.plans.map((plan, sample): Batch => ({
      ...batch,
      pixels: batch.pixels.subarray(sample * bytes, (sample + 1) * bytes),
      plans: [plan],
    }));
    let onnx: Engine;
    before(async () => {
      onnx = await createOnnxEngine({ threads: 1 });
    });
    after(() => onnx.dispose());

    it('takes two of them, and a third by itself', () => {
      const attentionsOf = (clips: number, own: VitConfig) => {
        const plans = plansOf(own, 'patches:0.9', clips);
        const { bytes: model } = forwardGraph(fillProgram(own, clips, vit.planInputs(own, plans)));
        return operatorsOf(model).filter((operator) => operator === 'MultiHeadAttention').length;
      };
      // One of the encoder, and one for each group of the decoder.
      expect([1, 2, 3, 4, 5].map((clips) => attentionsOf(clips, config) - 1)).to.deep.equal([1, 1, 2, 2, 3]);
      // A little wider, and each clip goes by itself.
      const wider = { ...config, decoderWidth: 258 };
      expect([1, 2, 3].map((clips) => attentionsOf(clips, wider) - 1)).to.deep.equal([1, 2, 3]);
    });

    it('fills in, and learns from, each clip as if it were alone', async () => {
      const together = { filled: await fill(onnx, batch), ...(await differentiate(onnx, batch)) };
      const filled: number[] = [];
      const learned: Awaited<ReturnType<typeof differentiate>>[] = [];
      for (const one of alone) {
        for (const value of await fill(onnx, one)) filled.push(value);
        learned.push(await differentiate(onnx, one));
      }
      expectClose(together.filled, filled, 1e-5, 'filled');
      expect(together.loss).to.be.closeTo(
        learned.reduce((sum, { loss }) => sum + loss / 3, 0),
        1e-5 * together.loss,
      );
      for (const { name, offset, length: size } of layoutOf(config).places) {
        const mean = new Float64Array(size);
        for (const { gradients } of learned) {
          for (let index = 0; index < size; index++) {
            mean[index] = (mean[index] ?? 0) + (gradients[offset + index] ?? Number.NaN) / 3;
          }
        }
        expectClose(together.gradients.subarray(offset, offset + size), mean, 1e-4, `gradient of ${name}`);
      }
    });
  });

  it('passes its input on where a block adds nothing', async () => {
    const batch = batchOf(smallVit, 'patches:0.5', 1);
    for (const inner of ['attention.output.dense', 'output.dense']) {
      for (const part of ['weight', 'bias']) {
        setParameter(smallVit, batch.parameters, `videomae.encoder.layer.0.${inner}.${part}`, 0);
      }
    }
    const shallow = { ...smallVit, depth: 0 };
    const kept = layoutOf(shallow).places.flatMap(({ name }) => [...valuesOf(smallVit, batch.parameters, name)]);
    const passed = await embed(engine, { ...batch, config: shallow, parameters: Float32Array.from(kept) });
    expectClose(await embed(engine, batch), passed, 1e-6);
  });

  it('reconstructs raw pixels: the loss is the mean squared distance from them', async () => {
    const batch = batchOf(smallVit, 'future:2', 2);
    const bytes = clipLength(clipShapeOfModel(smallVit));
    const truth = batch.plans.flatMap(({ hidden }, sample) => [
      ...readTokens(batch.pixels.subarray(sample * bytes, (sample + 1) * bytes), grid, hidden),
    ]);
    const filled = await fill(engine, batch);
    const squares = truth.map((value, index) => (value / 255 - (filled[index] ?? Number.NaN)) ** 2);
    const mean = squares.reduce((sum, square) => sum + square, 0) / squares.length;
    expect(await measureLoss(engine, batch)).to.be.closeTo(mean, 1e-5);
  });

  it('starts a residual from the linear blend, and its loss from that of the blend', async () => {
    const config = { ...smallVit, target: 'residual', frames: 8 } as const;
    const long = gridOfModel(config);
    const pixels = noisePixels(config, 1, 4);
    const plans = plansOf(config, 'gap:4', 1);
    const batch: Batch = { config, parameters: initialParameters(config, 2), pixels, plans };
    const [plan] = plans;
    if (plan === undefined) throw new Error('there is no plan');
    const blend = await linearBlend.fill(pixels, plan, { meanFrame: new Float32Array(0) });
    const [filled, truth] = [Float32Array.from(blend), Float32Array.from(pixels)].map((clip) =>
      readTokens(clip, long, plan.hidden).map((value) => value / 255),
    );
    if (filled === undefined || truth === undefined) throw new Error('there are no tokens');
    expectClose(await fill(engine, batch), filled, 1e-6);
    const squares = truth.reduce((sum, value, index) => sum + (value - (filled[index] ?? Number.NaN)) ** 2, 0);
    expect(await measureLoss(engine, batch)).to.be.closeTo(squares / truth.length, 1e-6);
  });

  it('answers each hidden token by itself where the decoder is one of cross-attention', async () => {
    const [{ hidden, visible } = { hidden: new Int32Array(), visible: new Int32Array() }] = plansOf(
      smallVit,
      'patches:0.5',
      1,
    );
    const half = { grid, visible, hidden: hidden.slice(0, 8), unused: hidden.slice(8) };
    const whole = { grid, visible, hidden, unused: new Int32Array(0) };
    const answersOf = async (decoder: 'self' | 'cross', plan: MaskPlan) => {
      const batch = batchOf({ ...smallVit, decoder, decoderDepth: 2 }, 'patches:0.5', 1);
      return (await fill(engine, { ...batch, plans: [plan] })).slice(0, 8 * length);
    };
    expectClose(await answersOf('cross', half), await answersOf('cross', whole), 1e-6);
    expect(await answersOf('self', half)).not.to.deep.equal(await answersOf('self', whole));
    // The same parameters, and yet another function.
    expect(layoutOf({ ...smallVit, decoder: 'cross' })).to.deep.equal(layoutOf(smallVit));
    expect(await answersOf('cross', whole)).not.to.deep.equal(await answersOf('self', whole));
  });

  it('divides its attention where what is visible is a product of steps and places, and says so by a shape', () => {
    const shapeOf = (hide: string, attention: 'joint' | 'divided' = 'divided') =>
      vit.planInputs({ ...smallVit, attention }, plansOf(smallVit, hide, 2))['visible']?.shape;
    expect(shapeOf('tube:0.5')).to.deep.equal([2, 2, 8]);
    expect(shapeOf('future:2')).to.deep.equal([2, 1, 16]);
    expect(shapeOf('tube:0.5+future:2')).to.deep.equal([2, 1, 8]);
    expect(shapeOf('patches:0.5')).to.deep.equal([2, 16]);
    expect(shapeOf('tube:0.5', 'joint')).to.deep.equal([2, 16]);
  });

  it('leaves out branches in training alone', async () => {
    const config = { ...smallVit, depth: 2, dropPath: 0.5 };
    const batch = batchOf(config, 'patches:0.5', 2);
    const lossAt = (step: number) =>
      measureLoss(engine, { ...batch, keys: [0, 1].map((sample) => ({ seed: 0, step, sample })) });
    const [first, again, later] = [await lossAt(1), await lossAt(1), await lossAt(2)];
    expect([again, first === later]).to.deep.equal([first, false]);
    expect(await measureLoss(engine, batch)).to.equal(
      await measureLoss(engine, { ...batch, config: { ...config, dropPath: 0 } }),
    );
    expect(vit.noiseInputs?.(smallVit, [{ seed: 0, step: 0, sample: 0 }])).to.deep.equal({});
  });

  it('refuses a batch whose plans have different counts', () => {
    const plans = [...plansOf(smallVit, 'patches:0.5', 1), ...plansOf(smallVit, 'patches:0.25', 1)];
    expect(() => vit.planInputs(smallVit, plans)).to.throw(RangeError, 'the same counts');
  });
});
