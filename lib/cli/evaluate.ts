// Owns `lacuna evaluate`: a trained model's error beside those of all trivial fills.
import { describeEvaluation } from './figures-text.js';
import { repeated, wholeNumber } from './flag-values.js';
import { type AddCommand, type Library, type Outcome, runCommand, type Session } from './run-command.js';

type EvaluateOptions = Parameters<Library['evaluate']>[0];
type EvaluateFlags = Pick<EvaluateOptions, 'hide' | 'clips' | 'engine' | 'device'>;

export const addEvaluate: AddCommand = (program) =>
  program
    .command('evaluate')
    .description('measure how well a model fills in, beside all trivial fills')
    .argument('<model>', 'a run folder, or a folder with model.safetensors')
    .argument('<dataset>', 'a folder that prepare made')
    .requiredOption('--hide <what>', 'what is hidden; repeat to measure several', repeated)
    .option('--clips <n>', 'measure on at most this many clips; default: 64', wholeNumber({ least: 1 }))
    .option('--engine <name>', 'onnx, tensorflow or reference; default: onnx')
    .option('--device <name>', 'cpu, webgpu (any GPU) or cuda; default: cpu')
    .action(runCommand<[string, string], EvaluateFlags>(evaluateModel));

async function evaluateModel(
  { library, controls, seeded, threaded }: Session,
  [model, dataset]: [string, string],
  flags: EvaluateFlags,
): Promise<Outcome> {
  const evaluations = await library.evaluate({ ...flags, ...seeded, ...threaded, model, dataset }, controls);
  return { json: { model, dataset, evaluations }, answer: evaluations.map(describeEvaluation).join('\n\n') };
}
