// Owns `lacuna surprise`: the moments of a video that a model did not foresee.
import { alignColumns } from './align-columns.js';
import { realNumber, repeated, wholeNumber } from './flag-values.js';
import { type AddCommand, type Library, type Outcome, runCommand, type Session } from './run-command.js';

type SurpriseOptions = Parameters<Library['surprise']>[0];
type SurpriseFlags = Pick<SurpriseOptions, 'moments' | 'engine' | 'device'> & {
  readonly apart?: number;
  readonly out?: string[];
};

export const addSurprise: AddCommand = (program) =>
  program
    .command('surprise')
    .description('find the moments of a video at which a model was most wrong about the next frame')
    .argument('<model>', 'a run folder; one that was trained on future:… is best')
    .argument('<video>', 'a video')
    .option(
      '--out <file>',
      'write the error of each frame as .csv or a picture of it as .svg; may be repeated',
      repeated,
    )
    .option('--moments <n>', 'how many moments are named at most; default: 10', wholeNumber({ least: 1, most: 10_000 }))
    .option('--apart <seconds>', 'how far apart two moments are at least; default: 0.5', realNumber({ least: 0 }))
    .option('--engine <name>', 'onnx, tensorflow or reference; default: onnx')
    .option('--device <name>', 'cpu, webgpu (any GPU) or cuda; default: cpu')
    .action(runCommand<[string, string], SurpriseFlags>(findSurprises));

async function findSurprises(
  { library, controls, threaded }: Session,
  [model, video]: [string, string],
  { out = [], apart: apartSeconds, ...flags }: SurpriseFlags,
): Promise<Outcome> {
  for (const file of out) await library.checkSurpriseFile(file);
  const result = await library.surprise({ ...flags, ...threaded, model, video, apartSeconds }, controls);
  for (const file of out) await library.writeSurprise(result, file);
  const rows = result.moments.map(({ seconds, error, ratio }, index) => [
    String(index + 1),
    `${seconds.toFixed(2)} s`,
    error.toPrecision(3),
    `${ratio.toFixed(1)} ×`,
  ]);
  const table = alignColumns([['', 'at', 'error', 'of the median'], ...rows]);
  return { json: { model, video, ...result }, answer: table.join('\n') };
}
