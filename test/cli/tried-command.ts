// A program with one command that does as its argument says, so that what all commands share can be seen from outside.
import { Command } from 'commander';
import { addCommonFlags, type Outcome, runCommand, type Session } from '../../lib/cli/run-command.js';

const acts: Readonly<Record<string, (session: Session) => Promise<Outcome>>> = {
  tell: ({ controls, say, seeded, threaded }) => {
    controls.onProgress({ unit: 'steps', done: 3, total: 4, note: 'loss 0.5' });
    say('an account');
    return Promise.resolve({ json: { ...seeded, ...threaded }, answer: 'the answer' });
  },
  notice: ({ controls }) => {
    controls.onNotice('something\u001b happened');
    return Promise.resolve({ json: {} });
  },
  partly: () =>
    Promise.resolve({
      json: {},
      failures: Array.from({ length: 7 }, (_, index) => ({ video: `${index}.mp4`, reason: 'not-a-video:\nsomething' })),
      failuresFile: 'data/failures.jsonl',
    }),
  nothing: () => Promise.resolve({ json: { ready: false }, made: false }),
  break: () => Promise.reject(new TypeError('x is not\na function')),
  refuse: ({ library }) => Promise.reject(new library.LacunaError('usage', 'There is no preset foo; take conv-tiny.')),
  wait: ({ controls, say }) => {
    say('waiting');
    return new Promise((_, reject) => {
      const timer = setTimeout(() => undefined, 60_000);
      controls.signal.addEventListener('abort', () => {
        clearTimeout(timer);
        reject(controls.signal.reason as Error);
      });
    });
  },
  ignore: ({ say }) => {
    say('waiting');
    return new Promise((resolve) => setTimeout(resolve, 60_000, { json: {} }));
  },
};

const program = new Command('tried').argument('<act>');
addCommonFlags(program);
program.action(
  runCommand<[string], object>((session, [act]) => {
    const work = acts[act];
    if (!work) throw new RangeError(`no act ${act}`);
    return work(session);
  }, 'try again'),
);
await program.parseAsync();
