// Owns the whole command line: from arguments to the exit code.

/** Runs one command. */
export async function runCommandLine(argv: readonly string[]): Promise<void> {
  await Promise.resolve(argv);
}
