// Owns the name of a file inside what ffmpeg says of it: a name is chosen by whoever made the file, and may read like one
// of ffmpeg's own messages. Knows nothing of what the words mean.
import { basename, dirname, join, resolve } from 'node:path';
import { fileName } from './ffmpeg-arguments.js';

/** ffmpeg cuts its lines at 1,024 bytes; so much of a name is enough to know it. */
const knownPart = 200;

/** ffmpeg's lines without the file's name, so that what is left is its own. */
export function withoutName(lines: readonly string[], source: string): readonly string[] {
  return lines.map(replaceName(source, 'file:'));
}

/** ffmpeg's lines with the file's name alone in place of its whole path. */
export function withoutFolder(lines: readonly string[], source: string): readonly string[] {
  const folder = join(dirname(resolve(source)), '/');
  return lines
    .map(replaceName(source, asPrinted(basename(source))))
    .map((line) => line.replaceAll(asPrinted(folder), ''));
}

function replaceName(source: string, by: string): (line: string) => string {
  const name = asPrinted(fileName(source));
  // A name that holds line feeds comes as several lines.
  const [first = '', ...more] = name.split(/[\r\n]+/).map((part) => part.trimEnd());
  const last = more.pop();
  return (line) => {
    if (last === undefined) return replaceWhole(line, name, by);
    if (line.endsWith(first)) return line.slice(0, line.length - first.length) + by;
    if (more.includes(line)) return '';
    return line.startsWith(last) ? line.slice(last.length) : line;
  };
}

function replaceWhole(line: string, name: string, by: string): string {
  if (line.includes(name)) return line.replaceAll(name, by);
  const start = line.indexOf(name.slice(0, knownPart));
  // Cut off by ffmpeg: nothing comes after the name.
  return start < 0 || name.length <= knownPart ? line : line.slice(0, start) + by;
}

/** ffmpeg writes `?` for most control characters. */
function asPrinted(name: string): string {
  return name.replaceAll(/[\u0000-\u0007\u000e-\u001f]/g, '?');
}
