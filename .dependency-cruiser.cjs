/** The folders are the pipeline; each edge that is forbidden here has its reason beside it. */
const stages = 'observe|assess|reconcile|review|rollout|audit|report';

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'A cycle has no first file to read and no part that can be tested alone.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'domain-is-pure',
      comment:
        'The vocabulary must be usable everywhere, so it depends on nothing but leaf helpers and document types.',
      severity: 'error',
      from: { path: '^src/domain/' },
      to: { pathNot: '^src/(domain|util|contracts/generated)/|node_modules/' },
    },
    {
      name: 'util-is-a-leaf',
      comment: 'Helpers without domain words import only each other and Node’s pure modules.',
      severity: 'error',
      from: { path: '^src/util/' },
      to: { path: '^src/', pathNot: '^src/util/' },
    },
    {
      name: 'contracts-know-only-the-vocabulary',
      comment: 'Schemas and validation are read by every stage; a stage behind them would be a hidden cycle.',
      severity: 'error',
      from: { path: '^src/contracts/' },
      to: { path: '^src/', pathNot: '^src/(contracts|domain|util)/' },
    },
    {
      name: 'ports-are-interfaces',
      comment:
        'A port names what a stage needs, in the words of the domain; it must not know any technology.',
      severity: 'error',
      from: { path: '^src/ports/' },
      to: { pathNot: '^src/(ports|domain|contracts)/' },
    },
    {
      name: 'stages-never-import-each-other',
      comment: 'Stages meet only in app/pipeline.ts; a shortcut between two hides a step of the pipeline.',
      severity: 'error',
      from: { path: `^src/(${stages})/` },
      to: { path: `^src/(${stages})/`, pathNot: '^src/$1/' },
    },
    {
      name: 'stages-see-only-port-types',
      comment: 'A stage works on values and narrow interfaces, so that it runs in a simulator unchanged.',
      severity: 'error',
      from: { path: `^src/(${stages})/` },
      to: { path: '^src/(adapters|app|cli|main|index)' },
    },
    {
      name: 'only-wire-imports-adapters',
      comment: 'One file chooses the technologies; everything else can be run with others.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(app/wire\\.ts|adapters/)' },
      to: { path: '^src/adapters/' },
    },
    {
      name: 'adapters-serve-ports',
      comment: 'An adapter that knew a stage would put decisions where no simulator can reach them.',
      severity: 'error',
      from: { path: '^src/adapters/' },
      to: { path: '^src/', pathNot: '^src/(adapters|ports|domain|contracts|util)/' },
    },
    {
      name: 'io-only-in-adapters',
      comment: 'Files, processes and sockets are effects; only adapters (and the executable) have them.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(adapters/|main\\.ts)' },
      to: { path: '^(node:)?(fs|fs/promises|child_process|net|http|https|os|worker_threads|tls|dns|dgram)$' },
    },
    {
      name: 'technologies-only-in-adapters',
      comment:
        'A database, Git, forge or policy runtime is replaced by writing one new adapter, nothing else.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/adapters/' },
      to: { path: 'node_modules/(@duckdb|simple-git|octokit|@octokit|@open-policy-agent)' },
    },
    {
      name: 'yargs-only-in-cli',
      comment: 'The command line is one way in; the library has others.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/cli/' },
      to: { path: 'node_modules/yargs' },
    },
    {
      name: 'index-is-the-surface',
      comment: 'The public interface exports the application and the vocabulary, never an internal stage.',
      severity: 'error',
      from: { path: '^src/index\\.ts$' },
      to: { path: '^src/', pathNot: '^src/(app|domain)/' },
    },
    {
      name: 'cli-goes-through-app',
      comment:
        'A command parses, calls the application and prints; logic in a command is out of reach of the API.',
      severity: 'error',
      from: { path: '^src/cli/' },
      to: { path: `^src/(${stages.replace('|report', '')}|adapters)/` },
    },
    {
      name: 'no-test-code-in-source',
      comment: 'Fakes live beside the tests; shipping them would let a product run on pretence.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^test/' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
    },
  },
};
