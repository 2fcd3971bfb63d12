import { expect, test } from 'vitest';

import { Progress } from './progress.ts';

const scope = { at: 1, file: 'boot/state.suite.ts', test: null };

function told(tellTo: (progress: Progress) => void): string[] {
  const lines: string[] = [];
  using progress = new Progress({ write: (text) => lines.push(text), debug: false });
  tellTo(progress);
  return lines;
}

test('a limitation is told once for each target, whichever worker finds it out', () => {
  const lines = told((progress) => {
    for (const target of ['a', 'a', 'b']) {
      progress.event({ kind: 'limitation', ...scope, target, text: 'no forks' });
    }
    progress.event({ kind: 'limitation', ...scope, target: 'a', text: 'no network' });
  });
  expect(lines).toEqual(['  note  no forks\n', '  note  no forks\n', '  note  no network\n']);
});

test('a notice is told whenever it comes', () => {
  const notice = { kind: 'notice', ...scope, target: 'a', text: 'boots a machine once' } as const;
  expect(
    told((progress) =>
      [1, 2].map(() => {
        progress.event(notice);
      }),
    ),
  ).toHaveLength(2);
});
