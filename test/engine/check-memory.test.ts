import { expect } from 'chai';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { checkMemory } from '../../lib/engine/check-memory.js';
import { createOnnxEngine } from '../../lib/engine/onnx-engine.js';
import { lossProgram } from '../../lib/objectives/programs.js';
import { resolvePreset } from '../../lib/model/presets.js';
import { rejectionOf } from '../video/made-videos.js';

describe('checkMemory', () => {
  it('says how much is needed, how much there is, and what to do', () => {
    checkMemory('the step', 2 ** 30, 2 ** 30);
    expect(() => checkMemory('the step', 3 * 2 ** 30, 2 ** 30)).to.throw(
      LacunaError,
      'the step needs about 3.0 GiB of memory and 1.0 GiB are free; lower --batch, or take a smaller --preset.',
    );
  });

  it('lets through what the machine holds', () => {
    checkMemory('little', 1024);
  });

  it('refuses a step that no machine holds before anything is asked of the memory', async () => {
    const engine = await createOnnxEngine({ threads: 1 });
    const config = resolvePreset('conv-tiny', { frames: 20, height: 64, width: 64, channels: 3 });
    const batch = 1_000_000;
    const plan = {
      hidden: { type: 'float32', shape: [batch, 256, 20], values: new Float32Array(0) },
      blend: { type: 'float32', shape: [batch, 256, 20, 20], values: new Float32Array(0) },
    } as const;
    const error = await rejectionOf(
      engine.compile('forward', {
        ...lossProgram(config, 'reconstruction', batch, plan),
        outputs: (_, inputs) => inputs,
      }),
    );
    expect(error)
      .to.be.instanceOf(LacunaError)
      .with.property('message')
      .that.matches(/^conv reconstruction needs about \d+\.\d GiB of memory and \d+\.\d GiB are free; lower --batch/);
    await engine.dispose();
  });
});
