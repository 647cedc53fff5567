// Owns what a person reads when a command fails: one sentence for anything that can be thrown, and the exit code it means.
// Knows nothing of who prints it.
import { exitCode, type ExitCode } from './exit-code.js';

/** One sentence, without `lacuna: ` before it, and how the command ends. */
export type ErrorSentence = { readonly sentence: string; readonly code: ExitCode };

/** What a person wrote for an option, where it is not `--` and its name in kebab case. */
const writtenNames: Readonly<Record<string, string>> = {
  learningRate: '--lr',
  minLearningRate: '--min-lr',
  validation: '--val',
  startSeconds: '--start',
  endSeconds: '--end',
  timeoutSeconds: '--timeout',
  part: '--shard',
  groups: '--group',
  model: '<model>',
  dataset: '<dataset>',
  datasets: '<datasets>',
  run: '<run>',
  inputs: '<videos>',
};

/** The sentence and the exit code for whatever was thrown. */
export function describeError(error: unknown): ErrorSentence {
  const { message, kind, issue, code } = readError(error);
  if (issue) return { sentence: describeIssue(issue), code: exitCode.wrongCommandLine };
  if (kind !== undefined) {
    return { sentence: message, code: kind === 'usage' ? exitCode.wrongCommandLine : exitCode.nothingMade };
  }
  const remedy = code === undefined ? undefined : systemRemedies[code];
  if (remedy !== undefined) return { sentence: `${message}; ${remedy}`, code: exitCode.nothingMade };
  return {
    sentence: `something failed inside Lacuna (${message}); run again with LACUNA_DEBUG=1 to see where`,
    code: exitCode.nothingMade,
  };
}

/** What to do about the errors of the operating system that a person can mend. */
const systemRemedies: Readonly<Record<string, string>> = {
  ENOENT: 'check the path',
  EACCES: 'check that you may read and write there',
  EPERM: 'check that you may read and write there',
  ENOSPC: 'make room on the disk, or choose another place with --out',
  ENOTDIR: 'check the path',
  EISDIR: 'name a file, not a folder',
  EROFS: 'choose another place with --out',
  EMFILE: 'raise the limit of open files (ulimit -n), or lower --jobs',
  // Node's loader says so where it may open no more files.
  ERR_MODULE_NOT_FOUND: 'raise the limit of open files (ulimit -n), or install Lacuna again',
};

/** One complaint of an options schema, and what was given. */
type Issue = { readonly path: readonly PropertyKey[]; readonly message: string; readonly input?: unknown };

/** `--lr: too small` for the option where the schema found it. */
function describeIssue({ path, message, input }: Issue): string {
  const [first, second] = path.map(String);
  // How videos are streamed is asked for by flags of its own.
  const option = first === 'stream' ? (second ?? first) : first;
  const given = typeof input === 'string' || typeof input === 'number' ? `, got ${JSON.stringify(input)}` : '';
  if (option === undefined) return lowerFirst(message);
  const written = writtenNames[option] ?? `--${option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  return `${written}: ${lowerFirst(message)}${given}; see --help`;
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}

type ReadError = {
  /** In one line. */
  readonly message: string;
  /** Where it is an error whose message is meant for a person. */
  readonly kind?: 'usage' | 'input';
  /** The first complaint, where an options schema refused what was asked for. */
  readonly issue?: Issue;
  /** Where it is an error of the operating system. */
  readonly code?: string;
};

/** By shape and not by class, so that describing an error loads nothing. */
function readError(error: unknown): ReadError {
  if (!(error instanceof Error)) return { message: String(error) };
  const message = error.message.replaceAll(/\s*\n\s*/g, '; ');
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  if (!('kind' in error) || (error.kind !== 'usage' && error.kind !== 'input')) return { message, ...code };
  const issue = error.kind === 'usage' ? firstIssue(error.cause) : undefined;
  return { message, kind: error.kind, ...(issue === undefined ? {} : { issue }), ...code };
}

function firstIssue(cause: unknown): Issue | undefined {
  const isRefusal = cause instanceof Error && 'issues' in cause && Array.isArray(cause.issues);
  return isRefusal ? (cause.issues as unknown[]).find(isIssue) : undefined;
}

function isIssue(value: unknown): value is Issue {
  return (
    typeof value === 'object' &&
    value !== null &&
    'message' in value &&
    typeof value.message === 'string' &&
    'path' in value &&
    Array.isArray(value.path)
  );
}
