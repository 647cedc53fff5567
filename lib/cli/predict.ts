// Owns `lacuna predict`: a trained model fills in a part of one video.
import { realNumber } from './flag-values.js';
import { type AddCommand, type Outcome, runCommand, type Session } from './run-command.js';

type PredictFlags = {
  readonly hide: string;
  readonly out: string;
  readonly start?: number;
  readonly engine?: 'onnx' | 'tensorflow' | 'reference';
  readonly device?: 'cpu' | 'webgpu' | 'cuda';
};

export const addPredict: AddCommand = (program) =>
  program
    .command('predict')
    .description('fill in what is hidden of a video and write it as MP4, GIF, PNG strip or .npy')
    .argument('<model>', 'a run folder, or a folder with model.safetensors')
    .argument('<video>', 'the video')
    .requiredOption('--hide <what>', 'what is hidden, such as future:8, gap:4-9 or box:x,y,w,h@4-9')
    .requiredOption('--out <file>', 'what is written; the ending (.mp4, .gif, .png, .npy) says how')
    .option('--start <seconds>', 'where the clip begins; default: 0', realNumber({ least: 0 }))
    .option('--engine <name>', 'onnx, tensorflow or reference; default: onnx')
    .option('--device <name>', 'cpu, webgpu (any GPU) or cuda; default: cpu')
    .action(runCommand<[string, string], PredictFlags>(predictVideo));

async function predictVideo(
  { library, controls, say, seeded, threaded }: Session,
  [folder, video]: [string, string],
  { hide, out, start, engine, device }: PredictFlags,
): Promise<Outcome> {
  library.checkPredictionFile(out);
  const model = await library.openModel(folder, { ...threaded, engine, device });
  try {
    const place = start === undefined ? {} : { startSeconds: start };
    const prediction = await model.predict(video, { hide, ...place, ...seeded }, controls);
    await library.writePrediction(prediction, out, controls);
    const { shape, fps } = prediction;
    say(`${out}: ${shape.join(' × ')} at ${fps} frames a second, ${hide} filled in`);
    return { json: { out, video, hide, shape, fps } };
  } finally {
    await model.close();
  }
}
