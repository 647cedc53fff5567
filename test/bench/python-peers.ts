// Owns how peers written in Python are found and started. Knows no benchmark.
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { LacunaError } from '../../dist/clip/lacuna-error.js';
import { askOnce, type SideCommand } from './side.js';

/** The variable that names the interpreter. */
const variable = 'LACUNA_PEER_PYTHON';

/** What is said where there is no interpreter. */
export const withoutPeers = `${variable} names no Python interpreter, so that the peers written in Python are left out.`;

/** The interpreter that the peers run in, or nothing. */
export function findPeerPython(): string | undefined {
  const python = process.env[variable];
  return python === undefined || python === '' ? undefined : python;
}

/** Python is run where it lies; only TypeScript is compiled into another folder. */
const folder = new URL('../../test/bench/peers/', import.meta.url);

/** The command of a peer in `peers/`; it leaves no compiled files behind. */
export function pythonSide(python: string, file: string): SideCommand {
  return { program: python, arguments: ['-B', fileURLToPath(new URL(file, folder))] };
}

/**
 * What a peer stands on, by name.
 * @throws {LacunaError} `input` where the interpreter cannot run it.
 */
export async function askPeerVersions(
  python: string,
  file: string,
  signal: AbortSignal,
): Promise<Record<string, string>> {
  try {
    const answer = await askOnce(pythonSide(python, file), { versions: true }, signal);
    return z.record(z.string(), z.string()).parse(answer);
  } catch (cause) {
    signal.throwIfAborted();
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new LacunaError(
      'input',
      `${variable} is ${python}, which cannot run peers/${file} (${reason}); install peers/requirements.txt there, or unset it.`,
      { cause },
    );
  }
}
