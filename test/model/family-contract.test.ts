import { type ContractCase, describeFamilyContract } from './family-contract.js';
import { smallConv, smallVit } from './small-models.js';

const cases: readonly ContractCase[] = [
  { config: smallConv },
  { config: smallVit },
  {
    title: 'of pixels with terms over frames',
    config: { ...smallConv, target: 'pixels' },
    loss: 'l1+gradient:0.5+ssim:0.5',
  },
  { title: 'of grey', config: { ...smallConv, channels: 1 }, loss: 'mse+ssim:0.5' },
  { title: 'of normalised grey', config: { ...smallVit, channels: 1, target: 'normalised' } },
  { title: 'of normalised pixels', config: { ...smallConv, target: 'normalised' } },
  {
    title: 'of normalised pixels with a cross-attention decoder',
    config: { ...smallVit, target: 'normalised', decoder: 'cross', decoderDepth: 2 },
  },
  {
    title: 'of a residual with divided attention, drop path and terms over frames',
    config: { ...smallVit, target: 'residual', attention: 'divided', depth: 2, dropPath: 0.5 },
    loss: 'mse+gradient:0.5+ssim:0.5',
    hides: ['tube:0.5', 'patches:0.5'],
  },
];

for (const each of cases) describeFamilyContract(each);
