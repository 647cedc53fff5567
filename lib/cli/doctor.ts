// Owns `lacuna doctor`: what Lacuna found on this machine, and what to do about what is missing.
import { availableParallelism, totalmem } from 'node:os';
import { describeError } from './error-sentence.js';
import { readFfmpegBuild } from './ffmpeg-build.js';
import { type AddCommand, type Library, type Outcome, runCommand, type Session } from './run-command.js';

export const addDoctor: AddCommand = (program) =>
  program
    .command('doctor')
    .description('say what was found (ffmpeg, engines, cores, memory) and what to do about what is missing')
    .action(runCommand(examine));

/** One line of the answer: whether all is well there, and what to do where it is not. */
type Finding = { readonly name: string; readonly state: 'good' | 'note' | 'bad'; readonly text: string };

async function examine({ library }: Session): Promise<Outcome> {
  const [ffmpeg, engines] = await Promise.all([examineFfmpeg(library), examineEngines(library)]);
  const cores = availableParallelism();
  const memoryBytes = totalmem();
  const findings: readonly Finding[] = [
    { name: 'node', state: 'good', text: `${process.version} on ${process.platform} ${process.arch}` },
    { name: 'machine', state: 'good', text: `${cores} cores, ${(memoryBytes / 2 ** 30).toFixed(1)} GiB of memory` },
    ...ffmpeg.findings,
    ...engines.findings,
  ];
  const isReady = findings.every(({ state }) => state !== 'bad');
  const verdict = isReady ? 'All that Lacuna needs is here.' : 'Something that Lacuna needs is missing; see above.';
  return {
    json: {
      ready: isReady,
      node: process.version,
      platform: process.platform,
      architecture: process.arch,
      cores,
      memoryBytes,
      ffmpeg: ffmpeg.json,
      engines: engines.json,
    },
    answer: [...findings.map(describeFinding), '', verdict].join('\n'),
    made: isReady,
  };
}

const marks = { good: '  ', note: '- ', bad: '! ' } as const;

function describeFinding({ name, state, text }: Finding): string {
  return `${marks[state]}${name.padEnd(12)}${text}`;
}

type Examined = { readonly findings: readonly Finding[]; readonly json: unknown };

async function examineFfmpeg({ findFfmpeg }: Library): Promise<Examined> {
  try {
    const found = await findFfmpeg();
    const build = await readFfmpegBuild(found.path);
    const { version, source, path, year, isOld } = found;
    const findings: Finding[] = [
      { name: 'ffmpeg', state: 'good', text: `${version}, found through ${source}: ${path}` },
      { name: '', state: 'good', text: `licence of this build: ${build.licence}` },
    ];
    if (isOld) {
      const text = `an old build${year === undefined ? '' : ` (${year})`}: newer files may not decode; install ffmpeg 5 or later, or set LACUNA_FFMPEG`;
      findings.push({ name: '', state: 'note', text });
    }
    if (build.missingDecoders.length > 0) {
      const text = `cannot decode ${build.missingDecoders.join(', ')}; such videos will be listed as failures`;
      findings.push({ name: '', state: 'note', text });
    }
    return { findings, json: { ...found, ...build } };
  } catch (error) {
    const { sentence } = describeError(error);
    return { findings: [{ name: 'ffmpeg', state: 'bad', text: sentence }], json: { error: sentence } };
  }
}

async function examineEngines({ findEngines }: Library): Promise<Examined> {
  const engines = await findEngines();
  const findings = engines.map(({ name, available, package: from, version, devices, reason, remedy }): Finding => {
    const origin = from === undefined ? '' : `${from} ${version ?? ''}`.trim();
    if (available && remedy === undefined) {
      return { name, state: 'good', text: `${origin || 'built in'}: ${devices.join(', ')}` };
    }
    const parts = [origin, reason ?? 'not available', remedy].filter((part) => part !== undefined && part !== '');
    return { name, state: 'note', text: parts.join('; ') };
  });
  const needed = engines.some(({ name, available }) => name === 'onnx' && available);
  const missing: Finding = {
    name: 'engine',
    state: 'bad',
    text: 'no onnxruntime runs here; npm install onnxruntime-web',
  };
  return { findings: needed ? findings : [...findings, missing], json: engines };
}
