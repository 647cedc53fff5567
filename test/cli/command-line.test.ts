import { expect } from 'chai';
import { createProgram } from '../../lib/cli/command-line.js';
import { tellResolved } from '../tell-resolved.js';
import { startCommand } from './start-command.js';

const names = createProgram().commands.map((command) => command.name());

describe('lacuna', () => {
  it('has the commands of the design', () => {
    expect(names).to.include.members([
      'doctor',
      'demo',
      'prepare',
      'mask',
      'pretrain',
      'predict',
      'evaluate',
      'embed',
      'report',
    ]);
  });

  it('answers help within 150 ms, or two and a half times what node alone takes where that is more', async () => {
    await startCommand(['--help']);
    const best = { node: Infinity, help: Infinity, 'prepare --help': Infinity };
    const isQuick = () => Math.max(best.help, best['prepare --help']) < Math.max(150, 2.5 * best.node);
    // The best of up to fifteen, taking turns, so that a busy or slow machine is not taken for a slow command.
    for (let attempt = 0; attempt < 15 && !isQuick(); attempt++) {
      const node = await startCommand([], { nodeArguments: ['--eval', '0'] });
      const help = await startCommand(['--help']);
      const prepare = await startCommand(['prepare', '--help']);
      best.node = Math.min(best.node, node.milliseconds);
      best.help = Math.min(best.help, help.milliseconds);
      best['prepare --help'] = Math.min(best['prepare --help'], prepare.milliseconds);
    }
    expect(isQuick(), JSON.stringify(best)).to.equal(true);
  });

  it('loads nothing but commander to answer help', async () => {
    const { stdout, code } = await startCommand(['pretrain', '--help'], { nodeArguments: ['--import', tellResolved] });
    expect(code).to.equal(0);
    const loaded = stdout.split('\n').filter((line) => line.startsWith('file:'));
    const packages = loaded.filter((address) => address.includes('/node_modules/'));
    expect(packages.length).to.be.above(0);
    expect(packages.filter((address) => !address.includes('/commander/'))).to.deep.equal([]);
    expect(loaded.some((address) => address.endsWith('/dist/cli/pretrain.js'))).to.equal(true);
    expect(loaded.filter((address) => address.endsWith('/dist/index.js'))).to.deep.equal([]);
  });

  it('prints its version', async () => {
    const { stdout, code } = await startCommand(['--version']);
    expect(stdout).to.match(/^\d+\.\d+\.\d+\n$/);
    expect(code).to.equal(0);
  });

  for (const command of createProgram().commands) {
    it(`explains the common flags with ${command.name()} --help`, () => {
      const help = command.helpInformation();
      expect(help).to.contain(`Usage: lacuna ${command.name()} `);
      for (const flag of ['--json', '--quiet', '--seed', '--threads', '--help']) expect(help).to.contain(flag);
    });
  }

  const wrong: readonly (readonly [string, RegExp])[] = [
    ['prepair', /^lacuna: unknown command 'prepair'; did you mean prepare\? See lacuna --help\n$/],
    ['prepare x --out y --fsp 3', /^lacuna: unknown option '--fsp'; did you mean --fps\? See lacuna prepare --help\n$/],
    ['prepare x', /^lacuna: required option '--out <dataset>' not specified; see lacuna prepare --help\n$/],
    ['prepare --out y', /^lacuna: missing required argument 'videos'; see lacuna prepare --help\n$/],
    [
      'prepare x --out y --fps 0',
      /^lacuna: option '--fps <n>' argument '0' is invalid: it must be a number above 0; see/,
    ],
    ['prepare x --out y --shard 4/4', /^lacuna: option '--shard <i\/n>' argument '4\/4' is invalid: it must be i\/n/],
    [
      'doctor --seed -1',
      /^lacuna: option '--seed <n>' argument '-1' is invalid: it must be a whole number from 0; see/,
    ],
    [
      'report a b',
      /^lacuna: too many arguments for 'report': expected 1 argument but got 2; see lacuna report --help\n$/,
    ],
  ];
  for (const [line, sentence] of wrong) {
    it(`refuses \`lacuna ${line}\` in one sentence`, async () => {
      const { stdout, stderr, code } = await startCommand(line.split(' '));
      expect(stderr).to.match(sentence);
      expect(stdout).to.equal('');
      expect(code).to.equal(2);
    });
  }

  it('shows help and exit code 2 where no command is named', async () => {
    const { stderr, code } = await startCommand([]);
    expect(stderr).to.contain('Usage: lacuna').and.contain('pretrain');
    expect(code).to.equal(2);
  });
});
