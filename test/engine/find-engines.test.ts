import { expect } from 'chai';
import { engineNames } from '../../lib/engine/engine-names.js';
import { createEngine } from '../../lib/engine/engines.js';
import { findEngines } from '../../lib/engine/find-engines.js';
import { onnxPackages, versionOfPackage } from '../../lib/engine/onnx-runtime.js';

describe('findEngines', () => {
  it('says of every engine whether it can be made, and what to do where it cannot', async () => {
    const found = await findEngines();
    expect(found.map(({ name }) => name)).to.deep.equal(engineNames);
    for (const { name, available, reason, remedy, devices } of found) {
      const isMade = await createEngine(name, { threads: 1 }).then(
        (engine) => engine.dispose().then(() => true),
        () => false,
      );
      expect(available, name).to.equal(isMade);
      expect(devices.length > 0, name).to.equal(available);
      if (available) continue;
      expect(reason, name).to.be.a('string');
      expect(remedy, name).to.match(/^npm install /);
    }
  });

  it('names the package that an engine runs on, in the version that is installed', async () => {
    for (const { available, package: name, version } of await findEngines()) {
      if (!available) continue;
      expect(version).to.match(/^\d+\.\d+\.\d+/);
      expect(version).to.equal(await versionOfPackage(name ?? ''));
    }
    const [onnx] = await findEngines();
    expect(onnx?.package).to.be.oneOf([...onnxPackages]);
  });
});
