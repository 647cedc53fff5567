// Owns the question whether a program fits the memory that is free. Knows no engine.
import { LacunaError } from '../clip/lacuna-error.js';
import { readAvailableBytes } from './available-memory.js';

/**
 * Whether so much memory can be had, before it is asked for: a process that takes too much is ended without a word.
 * @param name says which program it is
 * @param availableBytes what is free. Default: what the system says, within the limits of the container.
 * @throws {LacunaError} `input` where it cannot; it says how much is needed and how to need less.
 */
export function checkMemory(name: string, neededBytes: number, availableBytes = readAvailableBytes()): void {
  if (neededBytes <= availableBytes) return;
  throw new LacunaError(
    'input',
    `${name} needs about ${formatGibibytes(neededBytes)} of memory and ${formatGibibytes(availableBytes)} are free; ` +
      'lower --batch, or take a smaller --preset.',
  );
}

function formatGibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
