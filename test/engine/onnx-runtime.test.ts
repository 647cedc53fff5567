import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import type { InferenceSession } from 'onnxruntime-web';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { endOutput } from '../../lib/engine/graph-target.js';
import {
  loadOnnxRuntime,
  onnxPackages,
  type OnnxPackage,
  type OnnxRuntime,
  versionOfPackage,
} from '../../lib/engine/onnx-runtime.js';
import { OnnxGraph } from '../../lib/formats/onnx-graph.js';
import { rejectionOf } from '../video/made-videos.js';
import { isLoadable } from './loadable.js';

describe('loadOnnxRuntime', () => {
  it('takes the first package that is installed', async () => {
    const versions = await Promise.all(onnxPackages.map(versionOfPackage));
    const first = onnxPackages.find((_, index) => versions[index] !== undefined);
    expect((await loadOnnxRuntime()).package).to.equal(first);
  });

  it('loads the package that is wanted, and no other', async () => {
    const runtime = await loadOnnxRuntime('onnxruntime-web');
    expect(runtime.package).to.equal('onnxruntime-web');
    expect(runtime.writesIntoOutputs).to.be.false;
    expect(new runtime.Tensor('float32', Float32Array.of(1, 2), [2]).size).to.equal(2);
  });

  it('says which package is missing, and what to do', async () => {
    const error = await rejectionOf(loadOnnxRuntime('onnxruntime-abacus' as OnnxPackage));
    expect(error)
      .to.be.instanceOf(LacunaError)
      .with.property('message', 'No onnxruntime-abacus could be loaded; run npm install onnxruntime-abacus.');
    expect((error as LacunaError).cause).to.be.instanceOf(AggregateError);
  });
});

describe('runInto', () => {
  /** y = 2 x and n = −x; `ends` puts `endOutput` before them. */
  const modelOf = (ends: boolean) => {
    const graph = new OnnxGraph('test');
    const x = graph.input('x', 'float32', [3]);
    const outputs = {
      y: graph.node('Mul', [x, graph.scalar(2)], { shape: [3] }),
      n: graph.node('Neg', [x], { shape: [3] }),
    };
    const end = graph.node('SequenceConstruct', [graph.scalar(0)], { shape: [], isSequence: true });
    return graph.encode({ ...(ends ? { [endOutput]: end } : {}), ...outputs });
  };

  for (const name of onnxPackages) {
    describe(`of ${name}`, () => {
      let runtime: OnnxRuntime;
      const sessions: InferenceSession[] = [];
      const open = async (ends: boolean) => {
        const session = await runtime.InferenceSession.create(modelOf(ends), await runtime.sessionOptions('cpu', 1));
        sessions.push(session);
        return session;
      };
      const float32 = (...values: number[]) =>
        new runtime.Tensor('float32', Float32Array.from(values), [values.length]);

      before(async function () {
        if (!isLoadable(name)) this.skip();
        runtime = await loadOnnxRuntime(name);
      });
      after(async () => {
        for (const session of sessions) await session.release();
      });

      it('leaves results in the memory of the tensors that it is given, run after run', async () => {
        for (const ends of runtime.writesIntoOutputs ? [false, true] : [false]) {
          const session = await open(ends);
          expect(session.outputNames.includes(endOutput)).to.equal(ends);
          const memory = new Float32Array(8);
          const fetches = {
            y: new runtime.Tensor('float32', memory.subarray(0, 3), [3]),
            n: new runtime.Tensor('float32', memory.subarray(4, 7), [3]),
          };
          await runtime.runInto(session, { x: float32(1, 2, 3) }, fetches);
          expect([...memory]).to.deep.equal([2, 4, 6, 0, -1, -2, -3, 0]);
          await runtime.runInto(session, { x: float32(-4, 0.5, 7) }, fetches);
          expect([...memory]).to.deep.equal([-8, 1, 14, 0, 4, -0.5, -7, 0]);
          expect(fetches.y.data).to.deep.equal(Float32Array.of(-8, 1, 14));
        }
      });

      it('still throws what is a real error, and the session runs on', async () => {
        for (const ends of runtime.writesIntoOutputs ? [false, true] : [false]) {
          const session = await open(ends);
          const fetches = { y: float32(0, 0, 0), n: float32(0, 0, 0) };
          const whole = new runtime.Tensor('int32', Int32Array.of(1, 2, 3), [3]);
          for (const feeds of [{}, { x: float32(1, 2) }, { x: whole }]) {
            expect(await rejectionOf(runtime.runInto(session, feeds, fetches)))
              .to.be.instanceOf(Error)
              .with.property('message')
              .that.does.not.match(/non tensor type/i);
          }
          await runtime.runInto(session, { x: float32(1, 2, 3) }, fetches);
          expect(fetches.n.data).to.deep.equal(Float32Array.of(-1, -2, -3));
        }
      });
    });
  }

  it('of a session that has no end throws whatever is thrown', async () => {
    const { runInto } = await loadOnnxRuntime();
    const fail = (message: string) =>
      ({ outputNames: ['y'], run: () => Promise.reject(new Error(message)) }) as Partial<InferenceSession>;
    const session = fail('Non tensor type is temporarily not supported.') as InferenceSession;
    expect(await rejectionOf(runInto(session, {}, {}))).to.be.instanceOf(Error);
  });
});

describe('versionOfPackage', () => {
  it('is the one version to which all packages are pinned', async () => {
    const { dependencies, optionalDependencies } = JSON.parse(await readFile('package.json', 'utf8')) as {
      dependencies: Record<string, string>;
      optionalDependencies: Record<string, string>;
    };
    const pinned = dependencies['onnxruntime-web'];
    expect(optionalDependencies['onnxruntime-node']).to.equal(pinned);
    expect(await versionOfPackage('onnxruntime-web')).to.equal(pinned);
    expect(await versionOfPackage('onnxruntime-node')).to.be.oneOf([pinned, undefined]);
  });

  it('is nothing for a package that is not installed', async () => {
    expect(await versionOfPackage('onnxruntime-abacus')).to.be.undefined;
  });
});
