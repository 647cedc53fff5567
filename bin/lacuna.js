#!/usr/bin/env node
// Starts the command line; everything else stands in lib/cli, which `npm run build` compiles to dist/cli.
import { runCommandLine } from '../dist/cli/command-line.js';

await runCommandLine(process.argv);
