import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { engineNames } from '../../lib/engine/engine-names.js';
import { createEngine } from '../../lib/engine/engines.js';
import { type FoundEngine, findEngines } from '../../lib/engine/find-engines.js';
import { loadOnnxRuntime } from '../../lib/engine/onnx-runtime.js';
import { temporaryFolder } from '../video/made-videos.js';

const repository = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

async function versionOf(name: string): Promise<string | undefined> {
  const text = await readFile(repository(`node_modules/${name}/package.json`), 'utf8').catch(() => '{}');
  return (JSON.parse(text) as { version?: string }).version;
}

describe('findEngines', () => {
  const folder = temporaryFolder();

  /** What is found where only these packages are installed: the built files elsewhere, with links to the packages. */
  const findWith = async (name: string, packages: readonly string[]): Promise<readonly FoundEngine[]> => {
    const place = folder.path(name);
    await mkdir(`${place}/node_modules/@tensorflow`, { recursive: true });
    await writeFile(`${place}/package.json`, '{"type":"module"}');
    for (const part of ['clip', 'engine'])
      await cp(repository(`dist/${part}`), `${place}/dist/${part}`, { recursive: true });
    for (const one of packages)
      await symlink(repository(`node_modules/${one}`), `${place}/node_modules/${one}`, 'junction');
    const file = pathToFileURL(`${place}/dist/engine/find-engines.js`).href;
    const script = `const { findEngines } = await import(${JSON.stringify(file)}); console.log(JSON.stringify(await findEngines()));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
      env: { ...process.env, NODE_OPTIONS: '', NODE_PATH: '' },
    });
    return JSON.parse(stdout) as FoundEngine[];
  };

  it('says of every engine, the default first, whether it can be made, and what to do where it cannot', async () => {
    const found = await findEngines();
    expect(found.map(({ name }) => name)).to.deep.equal(engineNames);
    for (const { name, available, devices, reason, remedy } of found) {
      const isMade = await createEngine(name, { threads: 1 }).then(
        (engine) => engine.dispose().then(() => true),
        () => false,
      );
      expect(available, name).to.equal(isMade);
      expect(devices, name).to.deep.equal(available ? ['cpu'] : []);
      if (available) continue;
      expect(reason, name).to.match(/\w/);
      expect(remedy, name).to.match(/^npm install \S+/);
    }
  });

  it('names the package that an engine runs on, in the version that is installed', async () => {
    const found = await findEngines();
    for (const { name, available, package: from, version } of found) {
      if (available)
        expect(version, name)
          .to.equal(await versionOf(from ?? ''))
          .and.match(/^\d+\.\d+\.\d+/);
    }
    expect(found[0]?.package).to.equal((await loadOnnxRuntime()).package);
    expect(found[2]?.package).to.equal('@tensorflow/tfjs');
  });

  it('says that onnxruntime is slow without its native package, and how to get that', async () => {
    const [onnx, tensorflow, reference] = await findWith('slow', ['onnxruntime-web', '@tensorflow/tfjs']);
    const version = await versionOf('onnxruntime-web');
    expect(onnx).to.deep.include({ available: true, package: 'onnxruntime-web', version, devices: ['cpu'] });
    expect(onnx?.reason).to.match(/onnxruntime-node does not load/);
    expect(onnx?.remedy).to.match(new RegExp(`^npm install onnxruntime-node@${version ?? ''} `));
    expect(tensorflow).to.include({ available: false, remedy: 'npm install @tensorflow/tfjs-node' });
    expect(tensorflow?.reason).to.match(/optional/);
    expect(reference).to.include({ available: true, version: await versionOf('@tensorflow/tfjs') });
  });

  it('says what to install where no onnxruntime loads', async () => {
    const [onnx] = await findWith('none', ['@tensorflow/tfjs']);
    expect(onnx).to.deep.equal({
      ...{ name: 'onnx', available: false, devices: [] },
      ...{ reason: 'no onnxruntime loads', remedy: 'npm install onnxruntime-web' },
    });
  });
});
