// Owns the numbers with which the command ends. Knows nothing of what leads to them.

/** What each exit code says. */
export const exitCode = {
  /** All that was asked for was made. */
  done: 0,
  /** Nothing was made. */
  nothingMade: 1,
  /** An unknown command, flag, preset or value. */
  wrongCommandLine: 2,
  /** Something was made, and an input failed. */
  inputFailed: 3,
  /** Ended by Ctrl-C, state saved. */
  SIGINT: 130,
  /** Ended by a request to terminate, state saved. */
  SIGTERM: 143,
} as const;

/** One of the numbers with which the command ends. */
export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** The signals that end a command cleanly. */
export type EndingSignal = 'SIGINT' | 'SIGTERM';
