import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { createEagerEngine } from '../../lib/engine/eager-engine.js';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { loadTensorflow, tensorflowPackages } from '../../lib/engine/load-tensorflow.js';
import { withBackend } from '../../lib/engine/with-backend.js';
import { rejectionOf } from '../video/made-videos.js';
import { isLoadable } from './loadable.js';

const isHere = isLoadable(...tensorflowPackages);

describe('loadTensorflow', () => {
  it('gives the package that it loaded, whose backend starts at once', async function () {
    if (!isHere) this.skip();
    expect(await loadTensorflow()).to.be.oneOf([...tensorflowPackages]);
    expect(withBackend('tensorflow', () => 'run')).to.equal('run');
  });

  it('leaves the backend in use, and its warnings, as they were, whether one loads or none', async () => {
    // Starts it without its advertisement.
    createEagerEngine('cpu');
    await tf.setBackend('cpu');
    const isQuiet = tf.env().getBool('PROD');
    await loadTensorflow().catch((error: unknown) => expect(error).to.be.instanceOf(LacunaError));
    expect(tf.getBackend()).to.equal('cpu');
    expect(tf.env().getBool('PROD')).to.equal(isQuiet);
    expect(tf.add(1, 2).dataSync()[0]).to.equal(3);
  });

  it('says what to install where none loads, and why each did not', async function () {
    if (isHere) this.skip();
    const error = await rejectionOf(loadTensorflow());
    expect(error).to.be.instanceOf(LacunaError).with.property('kind', 'input');
    expect((error as LacunaError).message).to.match(/needs @tensorflow\/tfjs-node-gpu or .* use --engine onnx/);
    const { cause } = error as LacunaError;
    expect(cause).to.be.instanceOf(AggregateError).with.property('errors').that.has.length(tensorflowPackages.length);
  });
});
