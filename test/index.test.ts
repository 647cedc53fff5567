import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'chai';
import * as lacuna from '../lib/index.js';
import { tellResolved } from './tell-resolved.js';

const built = new URL('../dist/index.js', import.meta.url).href;

describe('the public interface', () => {
  it('has these names and no others', () => {
    expect(Object.keys(lacuna).sort()).to.deep.equal([
      'LacunaError',
      'checkPredictionFile',
      'checkSheetFile',
      'checkSurpriseFile',
      'classify',
      'dedupe',
      'embed',
      'evaluate',
      'evaluateRepresentation',
      'findEngines',
      'findFfmpeg',
      'finetune',
      'inspect',
      'measureFewLabels',
      'mergeDatasets',
      'mergeEmbeddings',
      'openModel',
      'planPreparation',
      'prepare',
      'presetNames',
      'pretrain',
      'probe',
      'search',
      'surprise',
      'writeContactSheet',
      'writeFewLabels',
      'writePlanPicture',
      'writePrediction',
      'writeReport',
      'writeSearchSheet',
      'writeSurprise',
      'writeVideoPrediction',
      'writeWorld',
    ]);
    expect(lacuna.presetNames).to.include.members(['conv-tiny', 'conv-small', 'vit-tiny', 'vit-small', 'vit-base']);
  });

  it('is the same in the package that is installed', async () => {
    const installed = (await import('lacuna')) as Record<string, unknown>;
    expect(Object.keys(installed).sort()).to.deep.equal(Object.keys(lacuna).sort());
  });

  it('loads neither tfjs nor an onnxruntime until one is asked for', async () => {
    const script = `
      const { findEngines } = await import(${JSON.stringify(built)});
      console.log('all is loaded');
      await findEngines();
    `;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--no-warnings', '--import', tellResolved, '--input-type=module', '--eval', script],
      { env: { ...process.env, NODE_OPTIONS: '' } },
    );
    const [loaded = '', later = ''] = stdout.split('all is loaded');
    const heavy = /[/\\](@tensorflow|onnxruntime[^/\\]*)[/\\]/;
    expect(loaded).to.contain('/dist/index.js').and.to.contain('/zod/');
    expect(heavy.exec(loaded)).to.equal(null);
    // That the same look finds one that was loaded.
    expect(later).to.match(heavy);
  });
});
