import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { createEagerEngine } from '../../lib/engine/eager-engine.js';
import { keepingBackend, withBackend } from '../../lib/engine/with-backend.js';
import { rejectionOf } from '../video/made-videos.js';

/** A backend that cannot compute: which one is in use is all that is asked here. */
class IdleBackend extends tf.KernelBackend {
  override dispose(): void {
    // It holds nothing.
  }
}

describe('withBackend', () => {
  before(async () => {
    // Starts it without its advertisement.
    createEagerEngine('cpu');
    await tf.setBackend('cpu');
    tf.registerBackend('idle', () => new IdleBackend(), 0);
    tf.registerBackend('slow', () => Promise.resolve(new IdleBackend()), 0);
  });
  after(() => {
    tf.removeBackend('idle');
    tf.removeBackend('slow');
  });

  it('runs on the backend, gives what was computed, and returns to the caller’s', () => {
    expect(withBackend('idle', tf.getBackend)).to.equal('idle');
    expect(tf.getBackend()).to.equal('cpu');
    expect(tf.add(1, 2).dataSync()[0]).to.equal(3);
  });

  it('returns to the caller’s backend after an error too', () => {
    const fail = () => {
      throw new RangeError('no');
    };
    expect(() => withBackend('idle', fail)).to.throw(RangeError, 'no');
    expect(tf.getBackend()).to.equal('cpu');
  });

  it('can be nested, and changes nothing where the backend is in use already', () => {
    const seen = withBackend('idle', () => {
      const inner = withBackend('cpu', () => [tf.getBackend(), withBackend('cpu', tf.getBackend)]);
      return [...inner, tf.getBackend()];
    });
    expect(seen).to.deep.equal(['cpu', 'cpu', 'idle']);
    expect(tf.getBackend()).to.equal('cpu');
  });

  it('refuses a backend that is unknown or does not start at once', async () => {
    for (const name of ['abacus', 'slow']) {
      expect(() => withBackend(name, tf.getBackend)).to.throw(Error, `tfjs has no backend ${name} that starts at once`);
      expect(tf.getBackend()).to.equal('cpu');
    }
    await tf.ready();
    // By now it has started.
    expect(withBackend('slow', tf.getBackend)).to.equal('slow');
  });

  it('puts back the backend after something that made itself the one in use, and gives what was loaded', async () => {
    const seen: string[] = [];
    const loaded = await keepingBackend(async () => {
      seen.push(tf.getBackend());
      await tf.setBackend('idle');
      seen.push(tf.getBackend());
      return 'loaded';
    });
    expect(loaded).to.equal('loaded');
    expect(seen).to.deep.equal(['cpu', 'idle']);
    expect(tf.getBackend()).to.equal('cpu');
    expect(tf.add(1, 2).dataSync()[0]).to.equal(3);
  });

  it('puts back the backend after something that failed half-way', async () => {
    const failure = new Error('no native part');
    const load = async () => {
      await tf.setBackend('idle');
      throw failure;
    };
    expect(await rejectionOf(keepingBackend(load))).to.equal(failure);
    expect(tf.getBackend()).to.equal('cpu');
    expect(await rejectionOf(keepingBackend(() => Promise.reject(failure)))).to.equal(failure);
    expect(tf.getBackend()).to.equal('cpu');
  });

  it('keeps tfjs quiet while it loads, and lets it speak afterwards as before', async () => {
    const before = tf.env().getBool('PROD');
    try {
      for (const isQuiet of [false, true]) {
        tf.env().set('PROD', isQuiet);
        expect(await keepingBackend(() => Promise.resolve(tf.env().getBool('PROD')))).to.be.true;
        expect(tf.env().getBool('PROD')).to.equal(isQuiet);
        await rejectionOf(keepingBackend(() => Promise.reject(new Error('no'))));
        expect(tf.env().getBool('PROD')).to.equal(isQuiet);
      }
    } finally {
      tf.env().set('PROD', before);
    }
  });

  it('leaves tfjs’s own choice where there was none before', async () => {
    const script = `
      import * as tf from '@tensorflow/tfjs';
      import { withBackend } from './lib/engine/with-backend.js';
      tf.registerBackend('idle', () => new tf.KernelBackend(), 0);
      const seen = [tf.getBackend(), withBackend('idle', tf.getBackend), tf.getBackend()];
      process.stdout.write(JSON.stringify(seen.map(String)));`;
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--import=tsx',
      '--input-type=module',
      '--eval',
      script,
    ]);
    expect(JSON.parse(stdout)).to.deep.equal(['undefined', 'idle', 'cpu']);
  });
});
