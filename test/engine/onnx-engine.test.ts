import { expect } from 'chai';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { createOnnxEngine } from '../../lib/engine/onnx-engine.js';
import { onnxPackages } from '../../lib/engine/onnx-runtime.js';
import { rejectionOf } from '../video/made-videos.js';
import { describeEngineContract } from './engine-contract.js';
import { isLoadable } from './loadable.js';
import { drawInputs, smallForward, smallLayout } from './small-model.js';
import { useSoftwareVulkan } from './software-vulkan.js';

const isNative = isLoadable('onnxruntime-node');
describeEngineContract(
  'onnxruntime-node on webgpu',
  () => createOnnxEngine({ package: 'onnxruntime-node', device: 'webgpu' }),
  { absence: isNative ? useSoftwareVulkan() : 'onnxruntime-node does not load here', loss: 1e-4, norm: 1e-3 },
);

describe('a device that is not there', () => {
  it('is refused in a sentence that says what it needs', async () => {
    if (isNative) {
      expect(await rejectionOf(createOnnxEngine({ package: 'onnxruntime-node', device: 'cuda' })))
        .to.be.instanceOf(LacunaError)
        .with.property('message')
        .that.matches(/^The device cuda is not there: .+ It needs the CUDA libraries .+ Leave --device out/);
    }
    expect(await rejectionOf(createOnnxEngine({ package: 'onnxruntime-web', device: 'webgpu' })))
      .to.be.instanceOf(LacunaError)
      .with.property('message')
      .that.includes('onnxruntime-web computes on the processor only');
  });
});

describeEngineContract(
  'onnxruntime-node on two threads',
  () => createOnnxEngine({ package: 'onnxruntime-node', threads: 2 }),
  { absence: isNative ? undefined : 'onnxruntime-node does not load here' },
);

for (const name of onnxPackages) {
  const create = () => createOnnxEngine({ package: name, threads: 1 });
  const isHere = isLoadable(name);
  describeEngineContract(name, create, { absence: isHere ? undefined : `${name} does not load here` });

  describe(`createOnnxEngine on ${name}`, () => {
    before(function () {
      if (!isHere) this.skip();
    });

    it('frees the sessions of what is released, and of everything', async () => {
      const engine = await create();
      const [one, other] = [
        await engine.compile('forward', smallForward),
        await engine.compile('forward', smallForward),
      ];
      const [state, inputs] = [engine.createState(smallLayout), drawInputs(1)];
      await one.release();
      expect(await rejectionOf(one.run(state, inputs))).to.be.instanceOf(Error);
      expect(await other.run(state, inputs)).to.have.property('mean');
      await engine.dispose();
      expect(await rejectionOf(other.run(state, inputs))).to.be.instanceOf(Error);
    });
  });
}
