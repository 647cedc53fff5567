// Owns `lacuna evaluate`: a trained model's error beside those of all trivial fills.
import { describeEvaluation, describeSteps } from './figures-text.js';
import { describeRepresentation } from './representation-text.js';
import { repeated, orWord, wholeNumber } from './flag-values.js';
import { type AddCommand, type Library, type Outcome, runCommand, type Session } from './run-command.js';

type EvaluateOptions = Parameters<Library['evaluate']>[0];
type EvaluateFlags = Pick<EvaluateOptions, 'clips' | 'test' | 'engine' | 'device'> & {
  readonly hide?: EvaluateOptions['hide'];
  readonly representation?: true;
  readonly layer?: number;
  readonly pool?: Parameters<Library['evaluateRepresentation']>[0]['pooling'];
  readonly perStep?: true;
};

export const addEvaluate: AddCommand = (program) =>
  program
    .command('evaluate')
    .description('measure how well a model fills in, beside all trivial fills')
    .argument('<model>', 'a run folder, or a folder with model.safetensors')
    .argument('<dataset>', 'a folder that prepare made; of the one that the model was trained on, what was kept back')
    .option('--hide <what>', 'what is hidden, such as future:8; repeat to measure several', repeated)
    .option('--representation', 'measure how steady the vectors of clips are instead, beside those of controls')
    .option('--layer <n>', 'with --representation a layer of the encoder, from 0; default: the last one', wholeNumber())
    .option('--pool <how>', 'with --representation mean or grid, as embed has it; default: mean')
    .option(
      '--clips <n>',
      'measure on at most this many clips, or all; default: 64, with --representation 512',
      orWord('all', wholeNumber({ least: 1 })),
    )
    .option('--test', 'measure on the clips that the splits of the dataset keep for the test')
    .option('--per-step', 'print the error of each frame as well')
    .option('--engine <name>', 'onnx, tensorflow or reference; default: onnx')
    .option('--device <name>', 'cpu, webgpu (any GPU) or cuda; default: cpu')
    .action(runCommand<[string, string], EvaluateFlags>(evaluateModel));

async function evaluateModel(
  session: Session,
  [model, dataset]: [string, string],
  { perStep, hide = [], representation, layer, pool: pooling, ...flags }: EvaluateFlags,
): Promise<Outcome> {
  const { library, controls, seeded, threaded } = session;
  if (representation) {
    const options = { ...flags, ...seeded, ...threaded, layer, pooling, model, dataset };
    const evaluation = await library.evaluateRepresentation(options, controls);
    return { json: { model, dataset, ...evaluation }, answer: describeRepresentation(evaluation) };
  }
  if (hide.length === 0) {
    throw new library.LacunaError('usage', 'Say what is hidden, such as --hide future:8, or --representation.');
  }
  const evaluations = await library.evaluate({ ...flags, ...seeded, ...threaded, hide, model, dataset }, controls);
  const texts = evaluations.map((evaluation) =>
    [describeEvaluation(evaluation), ...(perStep ? [describeSteps(evaluation)] : [])].join('\n'),
  );
  return { json: { model, dataset, evaluations }, answer: texts.join('\n\n') };
}
