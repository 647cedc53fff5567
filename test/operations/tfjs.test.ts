import * as imported from '@tensorflow/tfjs';
import { expect } from 'chai';
import { tf } from '../../lib/operations/tfjs.js';

describe('tf', () => {
  it('is the one tfjs of the process, whoever else imports it', () => {
    expect(tf.engine()).to.equal(imported.engine());
    expect(tf.version_core).to.equal(imported.version_core);
  });

  it('has gradients', () => {
    const slope = tf.grad((x) => tf.square(x));
    expect(slope(tf.scalar(3)).dataSync()[0]).to.equal(6);
  });
});
