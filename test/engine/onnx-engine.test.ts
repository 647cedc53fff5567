import { expect } from 'chai';
import { createOnnxEngine } from '../../lib/engine/onnx-engine.js';
import { onnxPackages } from '../../lib/engine/onnx-runtime.js';
import { rejectionOf } from '../video/made-videos.js';
import { describeEngineContract } from './engine-contract.js';
import { isLoadable } from './loadable.js';
import { drawInputs, smallForward, smallLayout } from './small-model.js';

for (const name of onnxPackages) {
  const create = () => createOnnxEngine({ package: name, threads: 1 });
  const isHere = isLoadable(name);
  describeEngineContract(name, create, isHere ? undefined : `${name} does not load here`);

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
