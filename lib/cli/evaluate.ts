// Owns `lacuna evaluate`: a trained model's error beside those of all trivial fills.
import { describeEvaluation, describeSteps } from './figures-text.js';
import { repeated, orWord, wholeNumber } from './flag-values.js';
import { type AddCommand, type Library, type Outcome, runCommand, type Session } from './run-command.js';

type EvaluateOptions = Parameters<Library['evaluate']>[0];
type EvaluateFlags = Pick<EvaluateOptions, 'hide' | 'clips' | 'test' | 'engine' | 'device'> & {
  readonly perStep?: true;
};

export const addEvaluate: AddCommand = (program) =>
  program
    .command('evaluate')
    .description('measure how well a model fills in, beside all trivial fills')
    .argument('<model>', 'a run folder, or a folder with model.safetensors')
    .argument('<dataset>', 'a folder that prepare made; of the one that the model was trained on, what was kept back')
    .requiredOption('--hide <what>', 'what is hidden; repeat to measure several', repeated)
    .option(
      '--clips <n>',
      'measure on at most this many clips, or all; default: 64',
      orWord('all', wholeNumber({ least: 1 })),
    )
    .option('--test', 'measure on the clips that the splits of the dataset keep for the test')
    .option('--per-step', 'print the error of each frame as well')
    .option('--engine <name>', 'onnx, tensorflow or reference; default: onnx')
    .option('--device <name>', 'cpu, webgpu (any GPU) or cuda; default: cpu')
    .action(runCommand<[string, string], EvaluateFlags>(evaluateModel));

async function evaluateModel(
  { library, controls, seeded, threaded }: Session,
  [model, dataset]: [string, string],
  { perStep, ...flags }: EvaluateFlags,
): Promise<Outcome> {
  const evaluations = await library.evaluate({ ...flags, ...seeded, ...threaded, model, dataset }, controls);
  const texts = evaluations.map((evaluation) =>
    [describeEvaluation(evaluation), ...(perStep ? [describeSteps(evaluation)] : [])].join('\n'),
  );
  return { json: { model, dataset, evaluations }, answer: texts.join('\n\n') };
}
