// Owns the one table of commands, in the order of help. A new command is one file and one line here.
import { addPrepare } from './prepare.js';
import type { AddCommand } from './run-command.js';

/** All commands. */
export const commands: readonly AddCommand[] = [addPrepare];
