// Owns the direction of imports: the folders of lib/ in the order of dependence, written here and nowhere else.

/** A folder imports only from folders above it. */
const folders = [
  'clip',
  'formats',
  'video',
  'masking',
  'operations',
  'engine',
  'worlds',
  'measures',
  'dataset',
  'model',
  'objectives',
  'run',
  'training',
  'prediction',
  'representation',
  'interop',
  'report',
];

/** What stands at the end: the public interface, then the command line. */
const ends = ['index\\.ts$', 'cli/'];

const upwardOnly = folders.map((folder, place) => ({
  name: `${folder}-imports-only-from-above`,
  comment: `lib/${folder}/ may import only from the folders that stand before it in .dependency-cruiser.cjs.`,
  severity: 'error',
  from: { path: `^lib/${folder}/` },
  to: { path: `^lib/(${[...folders.slice(place + 1).map((later) => `${later}/`), ...ends].join('|')})` },
}));

module.exports = {
  forbidden: [
    ...upwardOnly,
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'every-folder-is-listed',
      comment: 'A new folder of lib/ takes its place in the list above.',
      severity: 'error',
      from: { path: '^lib/', pathNot: `^lib/(${[...folders.map((folder) => `${folder}/`), ...ends].join('|')})` },
      to: {},
    },
    {
      name: 'index-knows-no-command',
      severity: 'error',
      from: { path: '^lib/index\\.ts$' },
      to: { path: '^lib/cli/' },
    },
    {
      name: 'cli-uses-the-public-interface',
      comment: 'A command does nothing that a program could not do through lib/index.ts.',
      severity: 'error',
      from: { path: '^lib/cli/' },
      to: { path: '^lib/', pathNot: '^lib/(cli/|index\\.ts$)' },
    },
    {
      name: 'cli-loads-the-library-late',
      comment: 'Help must answer at once: import ../index.js inside the action, or its types only.',
      severity: 'error',
      from: { path: '^lib/cli/' },
      to: { path: '^lib/index\\.ts$', dynamic: false, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'optional-packages-load-late',
      comment: 'An optional package may be absent: import it dynamically and say what is used instead.',
      severity: 'error',
      from: { path: '^lib/' },
      to: { dependencyTypes: ['npm-optional'], dynamic: false },
    },
    {
      name: 'declared-packages-only',
      severity: 'error',
      from: { path: '^lib/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'fluent-ffmpeg-in-one-folder',
      comment: 'fluent-ffmpeg is archived: only lib/video/ may know it.',
      severity: 'error',
      from: { path: '^lib/', pathNot: '^lib/video/' },
      to: { path: 'node_modules/(@types/)?fluent-ffmpeg/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
