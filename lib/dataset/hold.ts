// Owns which process has a folder or a file for itself while it writes there. Knows nothing of what is written.
import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { threadId } from 'node:worker_threads';
import { z } from 'zod';
import { LacunaError } from '../clip/lacuna-error.js';

/** Something that may be held. */
export type Hold = {
  /**
   * Takes it, where it is not taken yet. Where no mark can be left (a full or read-only disk, no hard links), it goes on without.
   * @throws {LacunaError} `input` where another call has it, in this process or another one, here or on another machine.
   */
  readonly take: () => Promise<void>;
  /** Gives it back; nothing where it was not taken. */
  readonly release: () => Promise<void>;
};

/** A folder that may be held. */
export type FolderHold = Hold & {
  /**
   * Makes it, where it was not there, and takes it.
   * @throws {LacunaError} `input` where it has been made meanwhile.
   */
  readonly make: () => Promise<void>;
};

const markName = '.lacuna-in-use';

/** Whether a file of a folder says nothing but that it is held. */
export function isHoldMark(name: string): boolean {
  return name.startsWith(markName);
}

const markSchema = z.object({
  pid: z.int(),
  /** Of the process; 0 is its main one. */
  thread: z.int(),
  host: z.string(),
  /** When the process began, as its system counts; nothing where it does not say. */
  begun: z.string().optional(),
  /** One call's own. */
  id: z.string(),
});
type Mark = Readonly<z.output<typeof markSchema>>;

/** What this thread holds: a folder may have gone, with its mark, and come back after it was released. */
const held = new Set<string>();

/** So often whoever holds a folder says that it is there, and after so long a silence another machine takes it for gone; seconds. */
const beatSeconds = 15;
const silenceSeconds = 60;

/** Two that take a folder over at once are done with it by then; milliseconds. */
const settleMilliseconds = 100;

/** A folder that nobody holds yet. What a killed process held is taken over at once, on another machine after a minute. */
export function openFolderHold(folder: string): FolderHold {
  const hold = openHold(folder, join(folder, markName));
  return {
    ...hold,
    async make() {
      const first = await mkdir(folder, { recursive: true });
      if (first === undefined) {
        throw new LacunaError('input', `${folder} was made by somebody else meanwhile; run the same again.`);
      }
      await hold.take();
    },
  };
}

/** Work on a folder that it may take, and that is given back at its end, whatever that is. */
export async function withFolderHold<Result>(
  folder: string,
  work: (hold: FolderHold) => Promise<Result>,
): Promise<Result> {
  const hold = openFolderHold(folder);
  try {
    return await work(hold);
  } finally {
    await hold.release();
  }
}

/** A file, and what is written beside it until it is whole; as {@link openFolderHold}. */
export function openFileHold(file: string): Hold {
  return openHold(file, join(dirname(file), `${markName}.${basename(file)}`));
}

/** @param what is held @param file the mark that says so */
function openHold(what: string, file: string): Hold {
  const id = randomUUID();
  let beat: NodeJS.Timeout | undefined;
  return {
    async take() {
      if (beat !== undefined) return;
      const mark: Mark = {
        pid: process.pid,
        thread: threadId,
        host: hostname(),
        begun: await beginOf(process.pid),
        id,
      };
      if (!(await leaveMark(what, file, mark))) return;
      held.add(id);
      beat = setInterval(() => {
        const now = new Date();
        utimes(file, now, now).catch(() => undefined);
      }, 1000 * beatSeconds).unref();
    },
    async release() {
      if (beat === undefined) return;
      clearInterval(beat);
      beat = undefined;
      held.delete(id);
      if ((await readMark(file))?.id === id) await rm(file, { force: true }).catch(() => undefined);
    },
  };
}

/** @returns whether it stands there; it does not where none can */
async function leaveMark(what: string, file: string, mark: Mark): Promise<boolean> {
  const draft = `${file}.${mark.id}`;
  try {
    await writeFile(draft, JSON.stringify(mark));
    // Unlike a file that is opened, a link is there with all that it says, or not at all.
    if (await link(draft, file).then(() => true, isThereAlready)) return true;
    const other = await readMark(file);
    if (other !== undefined && (await isAtWork(other, file))) throw inUse(what, other);
    await rename(draft, file);
    await sleep(settleMilliseconds);
    const last = await readMark(file);
    if (last !== undefined && last.id !== mark.id) throw inUse(what, last);
    return true;
  } catch (error) {
    if (error instanceof LacunaError) throw error;
    return false;
  } finally {
    await rm(draft, { force: true }).catch(() => undefined);
  }
}

/** @returns false where an error says that the file is there @throws any other error */
function isThereAlready(error: unknown): boolean {
  if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
  throw error;
}

async function readMark(file: string): Promise<Mark | undefined> {
  try {
    return markSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  }
}

async function isAtWork({ pid, thread, host, begun, id }: Mark, file: string): Promise<boolean> {
  if (host === hostname()) {
    if (!isProcess(pid)) return false;
    // A number is given again to other processes.
    if (begun !== undefined && begun !== (await beginOf(pid))) return false;
    if (pid === process.pid && thread === threadId) return held.has(id);
    if (pid !== process.pid && begun !== undefined) return true;
  }
  // It may have been given back meanwhile.
  const found = await stat(file).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs < 1000 * silenceSeconds;
}

function isProcess(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It is there, and somebody else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** The 22nd field of Linux's `/proc/<pid>/stat`: ticks from the start of the machine to that of the process. */
async function beginOf(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The second one, a name in brackets, may hold anything.
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[19];
}

function inUse(what: string, { pid, host }: Mark): LacunaError {
  return new LacunaError(
    'input',
    `${what} is in use by another Lacuna (process ${pid} on ${host}); wait until that has ended, or choose another --out.`,
  );
}
