// Owns the one table of commands, in the order of help. A new command is one file and one line here.
import { addClassify } from './classify.js';
import { addDedupe } from './dedupe.js';
import { addDemo } from './demo.js';
import { addDoctor } from './doctor.js';
import { addEmbed } from './embed.js';
import { addEvaluate } from './evaluate.js';
import { addFewLabels } from './few-labels.js';
import { addFinetune } from './finetune.js';
import { addInspect } from './inspect.js';
import { addMask } from './mask.js';
import { addMerge } from './merge.js';
import { addPredict } from './predict.js';
import { addPrepare } from './prepare.js';
import { addPretrain } from './pretrain.js';
import { addProbe } from './probe.js';
import { addReport } from './report.js';
import { addSearch } from './search.js';
import { addSurprise } from './surprise.js';
import { addWorld } from './world.js';
import type { AddCommand } from './run-command.js';

/** All commands. */
export const commands: readonly AddCommand[] = [
  addDemo,
  addPrepare,
  addMerge,
  addInspect,
  addMask,
  addPretrain,
  addEvaluate,
  addPredict,
  addEmbed,
  addSearch,
  addDedupe,
  addSurprise,
  addProbe,
  addFinetune,
  addFewLabels,
  addClassify,
  addReport,
  addWorld,
  addDoctor,
];
