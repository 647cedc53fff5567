import { expect } from 'chai';
import { engineNames } from '../../lib/engine/engine-names.js';
import { createEngine } from '../../lib/engine/engines.js';
import { tensorflowPackages } from '../../lib/engine/load-tensorflow.js';
import { describeEngineContract } from './engine-contract.js';
import { isLoadable } from './loadable.js';

const hasTensorflow = isLoadable(...tensorflowPackages);

describeEngineContract('tensorflow', () => createEngine('tensorflow'), {
  absence: hasTensorflow ? undefined : 'neither @tensorflow/tfjs-node-gpu nor @tensorflow/tfjs-node loads here',
});

describe('createEngine', () => {
  it('makes the engine of each name, the default first', async () => {
    expect(engineNames).to.deep.equal(['onnx', 'tensorflow', 'reference']);
    for (const name of engineNames) {
      if (name === 'tensorflow' && !hasTensorflow) continue;
      const engine = await createEngine(name, { threads: 1 });
      expect(engine).to.have.all.keys('sideBySide', 'compile', 'createState', 'readState', 'writeState', 'dispose');
      await engine.dispose();
    }
  });
});
