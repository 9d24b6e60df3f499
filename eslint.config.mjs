import nx from '@nx/eslint-plugin';
import importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/** What each kind of project may build on. Nx ANDs constraints, so there is one per kind. */
const boundaries = [
  ['canonical', []],
  ['matching', ['canonical', 'testing']],
  ['statements', ['canonical', 'matching', 'testing']],
  ['platform', ['canonical', 'testing']],
  ['messaging', ['canonical', 'platform', 'testing', 'tool']],
  ['connector', ['canonical', 'messaging', 'platform', 'testing', 'sandbox', 'tool']], // the last three in specs: purity below
  ['testing', ['canonical', 'messaging', 'platform', 'tool']],
  ['sandbox', ['canonical', 'platform', 'tool', 'testing']],
  ['app', ['canonical', 'matching', 'statements', 'platform', 'messaging', 'connector', 'testing', 'sandbox', 'tool']],
  ['tool', ['canonical', 'matching', 'statements', 'platform', 'messaging', 'connector', 'sandbox', 'testing', 'tool']],
].map(([kind, others]) => ({
  sourceTag: `type:${kind}`,
  onlyDependOnLibsWithTags: [`type:${kind}`, ...others.map((other) => `type:${other}`)],
}));

const wiring = ['main', 'app.module', 'config', 'index', 'errors'].map((name) => `**/${name}.ts`);
const permitted = ['client', 'store', 'entity', 'consumer', 'controller', 'worker', 'module', 'generated', 'spec'];
/** Purity by default, the suffix is the permission: see ARCHITECTURE.md. */
const domain = [
  'apps/{crm-ingest,erp-adapter,order-to-cash,planning-publisher,reconciliation}/src/**/*.ts',
  'libs/{canonical,matching,statements,connectors/*}/src/**/*.ts',
];
const impure = [
  ...permitted.map((suffix) => `**/*.${suffix}.ts`),
  '**/client.ts',
  '**/*-metrics.ts',
  '**/migrations/*.ts',
  ...wiring,
];

const ban = (name, message) => ({ selector: name, message });

export default tseslint.config(
  { ignores: ['node_modules', '.nx', '.tieout', '**/*.generated.ts', '**/*.mjs', 'docs'] },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    plugins: { '@nx': nx, 'import-x': importX },
    settings: { 'import-x/resolver': { node: { extensions: ['.ts', '.js'] } } },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        { depConstraints: boundaries, banTransitiveDependencies: false, allow: [] },
      ],
      'import-x/no-cycle': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/no-base-to-string': 'off',
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'no-console': 'error',
      eqeqeq: ['error', 'smart'],
      '@typescript-eslint/unbound-method': 'off', // objects of closures are our usual interface
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true, allowNullish: false },
      ],
    },
  },
  {
    files: ['libs/**/src/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: { '@typescript-eslint/explicit-module-boundary-types': 'error' },
  },
  {
    files: ['{apps,libs}/**/*.ts'],
    ignores: [
      '**/config.ts',
      '**/main.ts',
      'libs/platform/**',
      'libs/testing/**',
      '**/*.spec.ts',
      '**/fixtures/**',
      'apps/sandbox/**',
    ],
    rules: {
      'no-restricted-syntax': [
        'error',
        ban(
          "MemberExpression[object.name='process'][property.name='env']",
          'The environment is read once, in config.ts.',
        ),
      ],
    },
  },
  {
    files: ['{apps,libs,tools,bench}/**/*.ts'],
    ignores: [
      'libs/messaging/**',
      'tools/contracts/**',
      'libs/testing/**',
      'tools/demo/**',
      '**/*.spec.ts',
      'bench/**',
      'tools/stack/**',
    ],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          paths: [
            { name: 'kafkajs', allowTypeImports: true, message: 'Only libs/messaging speaks to Kafka.' },
            { name: 'avsc', message: 'Only libs/messaging encodes Avro.' },
          ],
        },
      ],
    },
  },
  {
    files: domain,
    ignores: impure,
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex:
                '^(?!\\.|node:|@tieout/canonical$|@tieout/matching$|@tieout/statements$|@tieout/connector-|zod$|fast-xml-parser$).*',
              allowTypeImports: true,
              message:
                'A file without a suffix is pure: it may import canonical, the standard library and pure neighbours. Give it the suffix of what it needs (.client, .store, .consumer, .controller, .worker).',
            },
            {
              regex: '(\\.(store|client|consumer|controller|worker|entity|module)|/client)\\.ts$',
              allowTypeImports: true,
              message: 'A pure file may not reach outside through its neighbour: pass the data in.',
            },
          ],
        },
      ],
      'no-restricted-syntax': [
        'error',
        ban("NewExpression[callee.name='Date'][arguments.length=0]", 'Pure code gets the time as an argument.'),
        ban("MemberExpression[object.name='Date'][property.name='now']", 'Pure code gets the time as an argument.'),
        ban(
          "MemberExpression[object.name='Math'][property.name='random']",
          'Pure code gets randomness as an argument.',
        ),
        ban("Identifier[name='process']", 'Pure code does not know its process.'),
      ],
    },
  },
  {
    files: ['libs/canonical/src/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^(?!\\.|node:crypto$).*', message: 'canonical depends on nothing.' }] },
      ],
    },
  },
  {
    files: [
      '**/*.spec.ts',
      '**/fixtures/**/*.ts',
      'tools/**/*.ts',
      'bench/**/*.ts',
      'apps/sandbox/**/*.ts',
      'libs/testing/**/*.ts',
    ],
    rules: { 'max-lines-per-function': 'off', 'no-console': 'off' },
  },
  {
    // What a test parses is judged by what it expects of it.
    files: ['**/*.spec.ts', '**/*.fixture.ts', '**/fixtures/**/*.ts'],
    rules: {
      'max-lines': 'off',
      ...Object.fromEntries(
        [
          'no-unsafe-assignment',
          'no-unsafe-member-access',
          'no-unsafe-argument',
          'no-unsafe-call',
          'no-unsafe-return',
          'restrict-template-expressions',
          'no-base-to-string',
          'await-thenable',
        ].map((rule) => [`@typescript-eslint/${rule}`, 'off']),
      ),
    },
  },
);
