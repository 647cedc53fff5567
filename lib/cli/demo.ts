// Owns `lacuna demo`: the whole way from videos to a report, through the public interface alone.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describeEvaluation } from './figures-text.js';
import { realNumber } from './flag-values.js';
import { plural } from './plural.js';
import { type AddCommand, type InputFailure, type Outcome, runCommand, type Session } from './run-command.js';

type DemoFlags = { readonly out: string; readonly minutes: number; readonly overwrite?: boolean };

/** What the demo hides: the three questions that Lacuna answers. */
const approaches = [
  { name: 'A', hide: 'future:8', question: 'what happens next' },
  { name: 'B', hide: 'gap:6', question: 'what happened in between' },
  { name: 'C', hide: 'patches:0.75', question: 'what the missing parts looked like' },
] as const;

const hide = approaches.map((approach) => approach.hide);

export const addDemo: AddCommand = (program) =>
  program
    .command('demo')
    .description('the whole way in a few minutes: videos → dataset → model → predictions, vectors, report')
    .argument('[videos...]', 'your own videos or folders; without any, small ones are made')
    .option('--out <folder>', 'where everything goes', 'lacuna-demo')
    .option('--minutes <n>', 'how long to train', realNumber({ above: 0 }), 1.25)
    .option('--overwrite', 'start again where a demo with other options stands')
    .action(
      runCommand<[string[]], DemoFlags>(demonstrate, 'what is done is kept: run the same command again to go on'),
    );

async function demonstrate(session: Session, [videos]: [string[]], flags: DemoFlags): Promise<Outcome> {
  const { library, controls, seeded, threaded, say } = session;
  const { out, minutes, overwrite = false } = flags;
  const place = (name: string) => path.join(out, name);

  const inputs = videos.length > 0 ? videos : [await makeVideos(session, place('videos'))];

  say(`Cutting ${inputs.join(', ')} into clips of 16 frames, 64 × 64 …`);
  const dataset = place('dataset');
  const cut = { size: 64, fps: 12, frames: 16, hop: 8 };
  const prepared = await library.prepare({ inputs, out: dataset, overwrite, ...cut }, controls);
  say(`  ${plural(prepared.clips, 'clip')} from ${plural(prepared.videos, 'video')}`);

  say(`Training to fill in ${hide.join(', ')} for ${minutes} min …`);
  const trained = await library.pretrain(
    { dataset, out: place('run'), hide, minutes, overwrite, ...seeded, ...threaded },
    controls,
  );
  say(`  ${plural(trained.steps, 'step')}, loss ${trained.loss.toPrecision(4)}`);

  say('Measuring on videos that were not trained on …');
  const report = await library.writeReport({ run: trained.run, ...threaded }, controls);
  const [heldOut = ''] = report.heldOutVideos;
  const predictions = await predictAll(session, trained.run, findVideo(inputs, heldOut), out);

  say('Writing one vector a clip …');
  const embedded = await library.embed(
    { model: trained.run, inputs, out: place('vectors.npy'), ...threaded },
    controls,
  );
  say(`  ${embedded.out}: ${plural(embedded.vectors, 'vector')} of ${embedded.width} numbers`);

  const failures: readonly InputFailure[] = prepared.failures;
  return {
    json: { out, prepared, trained, report, predictions, embedded },
    answer: [...report.evaluations.map(describeEvaluation), `Open ${report.file} in a browser.`].join('\n\n'),
    failures,
    failuresFile: path.join(dataset, 'failures.jsonl'),
  };
}

/** Where a video lies that a dataset of these inputs calls so. */
function findVideo(inputs: readonly string[], video: string): string {
  const places = inputs.flatMap((input) => (path.basename(input) === video ? [input] : [path.join(input, video)]));
  return places.find((file) => existsSync(file)) ?? video;
}

async function makeVideos({ library, controls, seeded, say }: Session, out: string): Promise<string> {
  say('Making small videos of bouncing shapes …');
  const made = await library.writeWorld(
    { out, videos: 128, seconds: 6, seed: 0, ...seeded, size: 64, fps: 12, mostShapes: 2 },
    controls,
  );
  say(`  ${plural(made.length, 'video')} in ${out}`);
  return out;
}

type WrittenPrediction = { readonly name: string; readonly hide: string; readonly files: readonly string[] };

/** A, B and C on one video that the run was not trained on. */
async function predictAll(
  { library, controls, seeded, threaded, say }: Session,
  run: string,
  video: string,
  out: string,
): Promise<WrittenPrediction[]> {
  const model = await library.openModel(run, threaded);
  try {
    const written: WrittenPrediction[] = [];
    for (const { name, hide, question } of approaches) {
      say(`Filling in ${question} (${name}, ${hide}) …`);
      const prediction = await model.predict(video, { hide, ...seeded }, controls);
      const files = ['gif', 'png'].map((ending) => path.join(out, `${name}.${ending}`));
      for (const file of files) await library.writePrediction(prediction, file, controls);
      say(`  ${files.join(', ')}`);
      written.push({ name, hide, files });
    }
    return written;
  } finally {
    await model.close();
  }
}
