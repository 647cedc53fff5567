// Owns `lacuna predict`: a trained model fills in a part of one video.
import { realpath } from 'node:fs/promises';
import type { TrainedModel } from '../index.js';
import { realNumber, wholeNumber } from './flag-values.js';
import { plural } from './plural.js';
import { type AddCommand, type Outcome, runCommand, type Session } from './run-command.js';

type PredictFlags = {
  readonly hide?: string;
  readonly out: string;
  readonly extend?: number;
  readonly insert?: boolean;
  readonly tile?: boolean;
  readonly clip?: boolean;
  readonly start?: number;
  readonly engine?: 'onnx' | 'tensorflow' | 'reference';
  readonly device?: 'cpu' | 'webgpu' | 'cuda';
};

/** One video, and what is done with it. */
type Work = { readonly model: TrainedModel; readonly video: string; readonly flags: PredictFlags };

export const addPredict: AddCommand = (program) =>
  program
    .command('predict')
    .description('fill in what is hidden of a video and write all of it as MP4, GIF or .npy, or a PNG strip of it')
    .argument('<model>', 'a run folder, or a folder with model.safetensors')
    .argument('<video>', 'the video, of any size, rate and length')
    .option('--hide <what>', 'what is hidden, such as future:8, gap:40-52 or box:x,y,w,h@4-9, in frames of the video')
    .requiredOption('--out <file>', 'what is written; the ending (.mp4, .gif, .png, .npy) says how')
    .option('--extend <n>', 'frames to go on beyond the end', wholeNumber({ least: 1, most: 100_000 }))
    .option('--insert', 'the video lacks the frames of --hide gap:a-b; they are put in')
    .option('--tile', "work at the video's own resolution, in tiles of the model's size")
    .option('--clip', "only one clip of the model's size, rate and length")
    .option('--start <seconds>', 'where that clip begins; default: 0', realNumber({ least: 0 }))
    .option('--engine <name>', 'onnx, tensorflow or reference; default: onnx')
    .option('--device <name>', 'cpu, webgpu (any GPU) or cuda; default: cpu')
    .action(runCommand<[string, string], PredictFlags>(predictAny));

async function predictAny(session: Session, [folder, video]: [string, string], flags: PredictFlags): Promise<Outcome> {
  const { library, threaded } = session;
  const { out, engine, device } = flags;
  library.checkPredictionFile(out);
  await checkIsOther(session, out, video);
  const isClip = flags.clip === true || flags.start !== undefined;
  if (isClip) checkClipFlags(session, flags);
  const model = await library.openModel(folder, { ...threaded, engine, device });
  try {
    return await (isClip ? predictClip : predictWhole)(session, { model, video, flags });
  } finally {
    await model.close();
  }
}

/** What is not hidden would be coded once more, and its sound lost. */
async function checkIsOther({ library }: Session, out: string, video: string): Promise<void> {
  const [there, given] = await Promise.all([out, video].map((path) => realpath(path).catch(() => undefined)));
  if (there === undefined || there !== given) return;
  throw new library.LacunaError('usage', `--out ${out} is the video itself; name another file.`);
}

function checkClipFlags({ library }: Session, { hide, extend, insert, tile, clip }: PredictFlags): void {
  const asked = clip === true ? '--clip' : '--start, which asks for one clip,';
  const others = [extend && '--extend', insert && '--insert', tile && '--tile'].filter(Boolean);
  if (others.length > 0) {
    throw new library.LacunaError('usage', `${asked} does not go with ${others.join(' and ')}; leave one of them out.`);
  }
  if (hide === undefined) {
    throw new library.LacunaError('usage', `${asked} needs what is hidden; write --hide future:8 or another kind.`);
  }
}

async function predictClip(
  { library, controls, say, seeded }: Session,
  { model, video, flags: { hide = '', out, start } }: Work,
): Promise<Outcome> {
  const place = start === undefined ? {} : { startSeconds: start };
  const prediction = await model.predict(video, { hide, ...place, ...seeded }, controls);
  await library.writePrediction(prediction, out, controls);
  const { shape, fps } = prediction;
  say(`${out}: ${shape.join(' × ')} at ${fps} frames a second, ${hide} filled in`);
  return { json: { out, video, hide, shape, fps } };
}

async function predictWhole(
  { library, controls, say, seeded }: Session,
  { model, video, flags: { hide, out, extend, insert, tile } }: Work,
): Promise<Outcome> {
  const asked = { hide, extend, insert, tile, ...seeded };
  const prediction = await model.predictVideo(video, asked, controls);
  await library.writeVideoPrediction(prediction, out, controls);
  const { shape, fps, filled } = prediction;
  const size = `${shape.join(' × ')} at ${Number(fps.toFixed(3))} frames a second`;
  const many = [plural(filled.windows, 'window'), ...(filled.tiles > 1 ? [`${filled.tiles} tiles`] : [])];
  const passes = filled.passes > 1 ? `, in ${filled.passes} passes` : '';
  say(`${out}: ${size}, ${plural(filled.frames, 'frame')} filled in by ${many.join(' of ')}${passes}`);
  return { json: { out, video, ...asked, shape, fps, filled } };
}
