import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { loadOnnxRuntime, onnxPackages, type OnnxPackage, versionOfPackage } from '../../lib/engine/onnx-runtime.js';
import { rejectionOf } from '../video/made-videos.js';

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
