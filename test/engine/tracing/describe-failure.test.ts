import { expect } from 'chai';
import { fileURLToPath } from 'node:url';
import { LacunaError } from '../../../lib/clip/lacuna-error.js';
import { describeFailure } from '../../../lib/engine/tracing/describe-failure.js';

const lib = fileURLToPath(new URL('../../../lib/', import.meta.url));

/** An error with the frames of a real stack. */
function errorWith(message: string, ...frames: readonly string[]): Error {
  const error = new RangeError(message);
  error.stack = [`RangeError: ${message}`, ...frames.map((frame) => `    at ${frame}`)].join('\n');
  return error;
}

const tfjs = 'Engine.runKernel (/home/me/node_modules/@tensorflow/tfjs-core/dist/tf-core.node.js:4541:19)';
const trace = `trace (${lib}engine/tracing/trace.ts:25:10)`;

describe('describeFailure', () => {
  it('names the operation that is missing and the innermost line of a model', () => {
    const error = errorWith(
      `Kernel 'Cumsum' not registered for backend 'lacuna-trace'`,
      tfjs,
      `layerNorm (${lib}operations/layer-norm.ts:13:10)`,
      `encode (file:///home/me/model/conv.js:90:12)`,
      `Object.reconstruct (/home/me/model/vit.js:70:1)`,
      `<anonymous> (${lib}engine/tracing/trace.ts:33:24)`,
      trace,
      `pretrain (/home/me/training/pretrain.js:5:1)`,
    );
    const described = describeFailure(error);
    expect(described.message).to.equal('the operation Cumsum cannot be traced (model/conv.js:90)');
    expect(described.cause).to.equal(error);
  });

  it('reads the paths of every system', () => {
    const windows = ['encode (file:///C:/Users/me/model/conv.js:90:12)', 'at2 (C:\\Users\\me\\model\\conv.js:90:12)'];
    for (const frame of [...windows, 'async /home/me/model/conv.js:90:12', '/home/me/model/conv.js:90:12']) {
      expect(describeFailure(errorWith('no', frame, trace)).message, frame).to.equal('no (model/conv.js:90)');
    }
  });

  it('never names the caller of a trace', () => {
    const caller = 'pretrain (/home/me/training/pretrain.js:5:1)';
    expect(describeFailure(errorWith('no', tfjs, trace, caller)).message).to.equal('no');
    expect(describeFailure(errorWith('no')).message).to.equal('no');
  });

  it('keeps the kind of a mistake, and an error that is meant for a person as it is', () => {
    expect(describeFailure(errorWith('no', trace))).to.be.instanceOf(RangeError);
    expect(describeFailure(new TypeError('no'))).to.be.instanceOf(TypeError);
    expect(describeFailure(new SyntaxError('no'))).not.to.be.instanceOf(SyntaxError);
    const refusal = new LacunaError('usage', 'The preset does not fit.');
    expect(describeFailure(refusal)).to.equal(refusal);
  });
});
