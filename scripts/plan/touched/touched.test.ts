import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { touchedSuites } from './touched.ts';

const SUITES = new Map([
  ['suites/boot/a.suite.ts', new Set(['suites/boot/a.suite.ts', 'suites/support/x.ts'])],
  [
    'suites/boot/b.suite.ts',
    new Set(['suites/boot/b.suite.ts', 'suites/support/x.ts', 'suites/support/y.ts']),
  ],
  ['suites/api/c.suite.ts', new Set(['suites/api/c.suite.ts'])],
]);
const [A, B, C] = [...SUITES.keys()] as [string, string, string];

const harmless = fc.constantFrom(
  'README.md',
  'docs/run-report.schema.json',
  'harness/vm/x.test.ts',
  'LICENSE-MIT',
);
const known = fc.constantFrom(A, B, C, 'suites/support/x.ts', 'suites/support/y.ts');
const unknown = fc.constantFrom(
  'harness/vm/vm.ts',
  'images/release.toml',
  '.ci/run',
  'suites/support/new.ts',
  'mdx',
  'x',
);
const changes = fc.array(fc.oneof(harmless, known, unknown));

describe('a change touches', () => {
  it.each([
    ['its own suite file', [C], [C]],
    ['what imports a helper', ['suites/support/x.ts'], [A, B]],
    [
      'nothing by documents and unit tests',
      ['docs/own-image.md', 'suites/README.md', 'harness/vm/x.test.ts'],
      [],
    ],
    ['nothing by a suite file that is gone', ['suites/boot/gone.suite.ts'], []],
    ['everything by a helper that nothing imports', ['suites/support/gone.ts'], [A, B, C]],
    ['everything by the harness', ['README.md', 'harness/vm/vm.ts'], [A, B, C]],
  ])('%s', (_what, changed, touched) => {
    expect([...touchedSuites(changed, SUITES)]).toEqual(touched);
  });

  it('everything, if there is an unknown path among it', () => {
    fc.assert(
      fc.property(changes, unknown, changes, (before, path, after) => {
        expect(touchedSuites([...before, path, ...after], SUITES)).toEqual(new Set(SUITES.keys()));
      }),
    );
  });

  it('what its parts touch, if it knows them all', () => {
    const some = fc.array(fc.oneof(harmless, known));
    fc.assert(
      fc.property(some, some, (one, other) => {
        const both = [...touchedSuites(one, SUITES), ...touchedSuites(other, SUITES)];
        expect(touchedSuites([...one, ...other], SUITES)).toEqual(new Set(both));
      }),
    );
  });

  it('every suite file that has a changed part', () => {
    fc.assert(
      fc.property(changes, (changed) => {
        const touched = touchedSuites(changed, SUITES);
        for (const [file, parts] of SUITES)
          if (changed.some((path) => parts.has(path))) expect(touched).toContain(file);
      }),
    );
  });
});
