// Owns what is said when a trace fails: what failed, and on which line of the model. Knows no kernel.
import { fileURLToPath } from 'node:url';
import { LacunaError } from '../../clip/lacuna-error.js';

const folderOf = (relative: string) => withSlashes(fileURLToPath(new URL(relative, import.meta.url)));
const ownFolders = [folderOf('../'), folderOf('../../operations/')];

/** The files of tfjs, as they lie in its packages or as its source maps name them. */
const tfjsFile = /\/tfjs[\w-]*\/(src|dist)\//;

/** The file of `trace`, whose outermost frame ends what the model did and begins what its caller did. */
const traceFile = /\/engine\/tracing\/trace\.[jt]s$/;

/** Names the operation that is missing, and the line of the model that asked for what failed. */
export function describeFailure(error: Error): Error {
  if (error instanceof LacunaError) return error;
  const kernel = /Kernel '([^']+)' not registered/.exec(error.message)?.[1];
  const what = kernel === undefined ? error.message : `the operation ${kernel} cannot be traced`;
  const line = modelLine(error.stack ?? '');
  const Kind = [RangeError, TypeError].find((candidate) => error instanceof candidate) ?? Error;
  return new Kind(line === undefined ? what : `${what} (${line})`, { cause: error });
}

/** Folder, file and line of the innermost frame that is a model's; nothing where a gradient or the update failed. */
function modelLine(stack: string): string | undefined {
  const frames = stack.split('\n').flatMap((text) => {
    const [, path, line] = /^ +at (?:.*\()?(?:file:\/\/)?([^()]+):(\d+):\d+\)?$/.exec(text) ?? [];
    return path === undefined || line === undefined ? [] : [{ path: withSlashes(path), line }];
  });
  const end = frames.findLastIndex(({ path }) => traceFile.test(path));
  const frame = frames
    .slice(0, end)
    .find(({ path }) => !tfjsFile.test(path) && !path.startsWith('node:') && !isWithin(path, ownFolders));
  return frame === undefined ? undefined : `${frame.path.split('/').slice(-2).join('/')}:${frame.line}`;
}

function isWithin(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => path.includes(folder));
}

function withSlashes(path: string): string {
  return path.replaceAll('\\', '/');
}
