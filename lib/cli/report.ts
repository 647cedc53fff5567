// Owns `lacuna report`: the page that shows what a run has learned.
import { describeEvaluation } from './figures-text.js';
import { type AddCommand, type Outcome, runCommand, type Session } from './run-command.js';

export const addReport: AddCommand = (program) =>
  program
    .command('report')
    .description('write report.html: pictures, figures beside the trivial fills, the loss')
    .argument('<run>', 'a run folder')
    .action(runCommand<[string], object>(report));

async function report({ library, controls, threaded }: Session, [run]: [string]): Promise<Outcome> {
  const { file, evaluations } = await library.writeReport({ run, ...threaded }, controls);
  const answer = [...evaluations.map(describeEvaluation), `Open ${file} in a browser.`].join('\n\n');
  return { json: { report: file, evaluations }, answer };
}
