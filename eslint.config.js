import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/**
 * The house, from the ground up: a layer imports only from the rows above its own (and from itself). A row may hold
 * several rooms that don't know each other. See CONTRIBUTING.md.
 */
const layers = [
  ['harness/util'],
  ['harness/process'],
  ['harness/disk', 'firmware'],
  ['harness/qemu'],
  ['harness/guest'],
  ['harness/os'],
  ['harness/image'],
  ['harness/services'],
  ['harness/vm'],
  ['harness/crash-consistency'],
  ['harness/report'],
  ['harness/fixtures'],
];

/** A room of the house → the path fragments that none of its files may import. */
function forbiddenFrom(room, row) {
  const sameRow = layers[row].filter((other) => other !== room);
  const above = layers.slice(row + 1).flat();
  return [...sameRow, ...above, 'suites', 'scripts', 'images/builder', 'harness/index'];
}

const layerRules = layers.flatMap((rooms, row) =>
  rooms.map((room) => ({
    files: [`${room}/**/*.ts`],
    rules: {
      'no-restricted-imports': ['error', { patterns: [restriction(room, forbiddenFrom(room, row))] }],
    },
  })),
);

function restriction(room, forbidden) {
  const alternatives = forbidden.map((path) => path.replace('harness/', '(?:harness/)?')).join('|');
  return {
    regex: `^(?:\\.\\./)+(?:${alternatives})(?:[/.]|$)`,
    message: `${room} is below this layer; see the layer table in CONTRIBUTING.md.`,
  };
}

const suitesSeeOnlyTheIndex = {
  files: ['suites/**/*.ts'],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            regex: '^(?:\\.\\./)+(?:harness/(?!index\\.ts$)|scripts/|images/|firmware/)',
            message: 'Suites import harness/index.ts only.',
          },
        ],
      },
    ],
  },
};

/** They run in the browser that shows a report, where the compiler does not follow. */
const pageScripts = {
  files: ['harness/report/render/html/script/*.js'],
  ...tseslint.configs.disableTypeChecked,
  languageOptions: {
    ...tseslint.configs.disableTypeChecked.languageOptions,
    globals: Object.fromEntries(
      ['addEventListener', 'document', 'FormData', 'getSelection', 'location', 'navigator', 'setTimeout'].map(
        (name) => [name, 'readonly'],
      ),
    ),
  },
};

export default defineConfig(
  { ignores: ['node_modules', 'reports', 'images/os/**'] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['*.config.js'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      'max-lines': ['error', { max: 250 }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
    },
  },
  { files: ['**/*.config.js'], ...tseslint.configs.disableTypeChecked },
  pageScripts,
  ...layerRules,
  suitesSeeOnlyTheIndex,
);
