// Owns `lacuna classify`: what a fine-tuned model takes videos for.
import { describeVideos } from './classification-text.js';
import { type AddCommand, type Library, type Outcome, runCommand, type Session } from './run-command.js';

type ClassifyOptions = Parameters<Library['classify']>[0];
type ClassifyFlags = Omit<ClassifyOptions, 'model' | 'inputs' | 'threads'>;

export const addClassify: AddCommand = (program) =>
  program
    .command('classify')
    .description('say which class videos are of, by a model that finetune made')
    .argument('<model>', 'a folder that finetune made')
    .argument('<videos...>', 'video files, folders that are searched for them, and datasets')
    .option('--out <file.jsonl>', 'write a line for each video with the probabilities of all classes')
    .option('--engine <name>', 'onnx, tensorflow or reference; default: onnx')
    .option('--device <name>', 'cpu, webgpu (any GPU) or cuda; default: cpu')
    .action(runCommand<[string, string[]], ClassifyFlags>(classifyVideos));

async function classifyVideos(
  { library, controls, threaded }: Session,
  [model, inputs]: [string, string[]],
  flags: ClassifyFlags,
): Promise<Outcome> {
  const result = await library.classify({ ...flags, ...threaded, model, inputs }, controls);
  const { videos, failures } = result;
  return {
    json: result,
    answer: describeVideos(videos),
    made: videos.length > 0,
    failures: failures.map(({ video, reason, detail }) => ({ video, reason: `${reason}: ${detail}` })),
  };
}
