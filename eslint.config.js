import tseslint from 'typescript-eslint';

/** Time, chance, the environment and the console are inputs (ports); reading them directly makes a run unrepeatable. */
const ambient = [
  {
    selector: "MemberExpression[object.name='Date'][property.name='now']",
    message: 'Time is an input: take `now` from the clock port.',
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'Time is an input: take `now` from the clock port.',
  },
  {
    selector: "MemberExpression[object.name='Math'][property.name='random']",
    message: 'Chance is an input: take it from the rng port.',
  },
  {
    selector: "MemberExpression[object.name='process'][property.name='env']",
    message: 'The environment is read in main.ts only.',
  },
  {
    selector: "MemberExpression[object.name='console']",
    message: 'Output goes through the logger port or a report.',
  },
  { selector: 'TSEnumDeclaration', message: 'Use a union of string literals.' },
  { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
];
const shell = [
  {
    selector: 'CallExpression[callee.name=/^(exec|execSync)$/]',
    message: 'No shell: spawn with an argument vector.',
  },
  {
    selector: "Property[key.name='shell'][value.value=true]",
    message: 'No shell: spawn with an argument vector.',
  },
];

export default tseslint.config(
  // yargs.d.ts describes somebody else's module, default export and all.
  {
    ignores: [
      'src/cli/yargs.d.ts',
      'dist',
      'dist-bench',
      'coverage',
      'node_modules',
      'src/contracts/generated',
      'policies/build',
    ],
  },
  ...tseslint.configs.strict,
  {
    files: ['src/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ...ambient, ...shell] },
  },
  {
    files: ['src/adapters/**/*.ts', 'src/main.ts'],
    rules: { 'no-restricted-syntax': ['error', ...shell] },
  },
  {
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      eqeqeq: 'error',
      'no-var': 'error',
      'prefer-const': 'error',
    },
  },
  {
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_', argsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
);
