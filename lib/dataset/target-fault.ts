// Owns the sentence for what the system says while a dataset folder is written. Knows nothing of what is written.
import { LacunaError } from '../clip/lacuna-error.js';

/** The commands that write a dataset folder. */
type Command = 'prepare' | 'merge';

/** The error to throw: a sentence on the folder where the system refused to write to it, else what was thrown. */
export function targetFault(out: string, command: Command, error: unknown): unknown {
  if (error instanceof LacunaError || !(error instanceof Error) || !('code' in error)) return error;
  const sentence = sentences[String(error.code)];
  const isOfProgram = 'syscall' in error && String(error.syscall).startsWith('spawn');
  if (sentence === undefined || (isOfProgram && !machineLimits.has(String(error.code)))) return error;
  return new LacunaError('input', sentence(out, command), { cause: error });
}

const machineLimits = new Set(['EMFILE', 'ENFILE', 'EAGAIN', 'ENOMEM']);

type Sentence = (out: string, command: Command) => string;

const full: Sentence = (out, command) => `${out} has no room for more; free some and run the same ${command} again.`;
const shut: Sentence = (out) => `${out} cannot be written to; change its permissions or mount, or name another folder.`;
const gone: Sentence = (out, command) =>
  `${out} is gone or its disk does not answer; bring it back and run the same ${command} again.`;
const spent: Sentence = (_, command) => {
  const limits = `raise the limits (ulimit -n, ulimit -u)${command === 'prepare' ? ' or lower --jobs' : ''}`;
  return `This machine lets no more files or processes be opened; ${limits}, and run the same ${command} again.`;
};

const sentences: Readonly<Record<string, Sentence>> = {
  ...{ ENOSPC: full, EDQUOT: full, EFBIG: full },
  ...{ EROFS: shut, EACCES: shut, EPERM: shut },
  ...{ ENOENT: gone, ENOTDIR: gone, EIO: gone, ESTALE: gone, ENOTCONN: gone, ENODEV: gone, ENXIO: gone },
  ...{ EMFILE: spent, ENFILE: spent, EAGAIN: spent, ENOMEM: spent },
};
