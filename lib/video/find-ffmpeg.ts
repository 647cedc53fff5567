// Owns where ffmpeg is found and which build it is. Knows nothing of what it is run for.
import { execFile } from 'node:child_process';
import { access, chmod, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { LacunaError } from '../clip/lacuna-error.js';

/** The places that are searched, in this order. */
export const ffmpegSources = ['LACUNA_FFMPEG', 'ffmpeg-static', 'PATH', '@ffmpeg-binary', '@ffmpeg-installer'] as const;

/** One of the places that are searched. */
export type FfmpegSource = (typeof ffmpegSources)[number];

/** A build of ffmpeg that ran and said its version. */
export type Ffmpeg = {
  /** The program. */
  readonly path: string;
  readonly source: FfmpegSource;
  /** As it says itself, such as `7.0.2-static` or `N-47683-g0e8eb07980-static`. */
  readonly version: string;
  /** The last year of its copyright notice, where it has one: roughly when it was built. */
  readonly year?: number;
  /** Whether it is below FFmpeg 4.4, or a snapshot of 2020 or before: some files cannot be decoded by such a build. */
  readonly isOld: boolean;
};

const program = process.platform === 'win32' ? 'ffmpeg.exe' : 'ffmpeg';
const run = promisify(execFile);
const versionMilliseconds = 20_000;
const advice = 'set LACUNA_FFMPEG to an ffmpeg program, put one on the PATH, or run npm install ffmpeg-static';

/** One search for each pair of LACUNA_FFMPEG and PATH that this process has had. */
const searches = new Map<string, Promise<Ffmpeg>>();

/**
 * The ffmpeg that Lacuna uses; searched once in a process.
 * @throws {LacunaError} `usage` where LACUNA_FFMPEG names no working ffmpeg; `input` where none is found.
 */
export function findFfmpeg(): Promise<Ffmpeg> {
  const named = process.env['LACUNA_FFMPEG'] ?? '';
  const key = JSON.stringify([named, process.env['PATH']]);
  const known = searches.get(key);
  if (known) return known;
  const search = searchFfmpeg(named);
  searches.set(key, search);
  search.catch(() => searches.delete(key));
  return search;
}

async function searchFfmpeg(named: string): Promise<Ffmpeg> {
  if (named !== '') {
    return readBuild(named, 'LACUNA_FFMPEG').catch((cause: unknown) => {
      throw new LacunaError(
        'usage',
        `LACUNA_FFMPEG is ${JSON.stringify(named)}, which does not run as ffmpeg; correct it or unset it.`,
        { cause },
      );
    });
  }
  const causes: unknown[] = [];
  for (const source of ffmpegSources) {
    for (const path of await candidates[source]()) {
      try {
        return await readBuild(path, source);
      } catch (cause) {
        causes.push(cause);
      }
    }
  }
  throw new LacunaError('input', `No working ffmpeg was found; ${advice}.`, {
    cause: new AggregateError(causes, 'each place that was tried'),
  });
}

const candidates: { readonly [Source in FfmpegSource]: () => Promise<readonly string[]> } = {
  LACUNA_FFMPEG: () => Promise.resolve([]),
  'ffmpeg-static': async () => {
    const path = defaultExport(await importOptional('ffmpeg-static'));
    return typeof path === 'string' ? [path] : [];
  },
  PATH: () => {
    const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
    return findExecutable(folders.map((folder) => join(folder, program)));
  },
  // Its only export is its own URL; the program lies beside it.
  '@ffmpeg-binary': async () => {
    const url = defaultExport(await importOptional(`@ffmpeg-binary/${process.platform}-${process.arch}`));
    return typeof url === 'string' ? [fileURLToPath(new URL(program, url))] : [];
  },
  '@ffmpeg-installer': async () => {
    const found = defaultExport(await importOptional('@ffmpeg-installer/ffmpeg'));
    const path = typeof found === 'object' && found !== null && 'path' in found ? found.path : undefined;
    return typeof path === 'string' ? [path] : [];
  },
};

/** An optional package, or nothing where it is absent, is for another platform, or lacks its program. */
async function importOptional(name: string): Promise<unknown> {
  try {
    return (await import(name)) as unknown;
  } catch {
    return undefined;
  }
}

function defaultExport(module: unknown): unknown {
  return typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined;
}

async function findExecutable(paths: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const path of paths) {
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) found.push(path);
  }
  return found;
}

/** Runs `ffmpeg -version`; a program that an installer left without its executable bit gets it. */
async function readBuild(path: string, source: FfmpegSource): Promise<Ffmpeg> {
  if (source === '@ffmpeg-binary' || source === '@ffmpeg-installer') {
    await access(path, constants.X_OK).catch(() => chmod(path, 0o755));
  }
  const { stdout: text } = await run(path, ['-version'], { timeout: versionMilliseconds, windowsHide: true });
  const build = parseBuild(text);
  if (!build) throw new Error(`${path} -version did not answer as ffmpeg does: ${text.slice(0, 100)}`);
  return { path, source, ...build };
}

/** Version, year and age from what `ffmpeg -version` prints; nothing where it is not ffmpeg's answer. */
export function parseBuild(text: string): Pick<Ffmpeg, 'version' | 'year' | 'isOld'> | undefined {
  const version = /^ffmpeg version (\S+)/m.exec(text)?.[1];
  if (version === undefined) return undefined;
  const years = /Copyright \(c\) (?:\d{4}-)?(\d{4})/.exec(text)?.[1];
  const year = years === undefined ? undefined : Number(years);
  const release = parseRelease(version);
  const isOld = release === undefined ? year !== undefined && year <= 2020 : release < 4.04;
  return year === undefined ? { version, isOld } : { version, year, isOld };
}

/** `n4.4.2-x` → 4.04, `7.1` → 7.01: comparable; nothing for a snapshot such as `N-47683-g0e8eb07980`. */
export function parseRelease(version: string): number | undefined {
  const parts = /^n?(\d{1,2})\.(\d+)/.exec(version);
  return parts ? Number(parts[1]) + Number(parts[2]) / 100 : undefined;
}
