import { expect, test } from 'vitest';

import { parseCommandLine } from '../cli/command.ts';
import { parsePlanRequest, PLAN_COMMAND } from './request.ts';

function request(...args: string[]) {
  const { flags, positionals } = parseCommandLine(PLAN_COMMAND, args);
  return parsePlanRequest(flags, positionals, ['nightly', 'pull-request']);
}

test('without a flag, the whole nightly run is for one machine', () => {
  expect(request()).toEqual({
    kind: 'nightly',
    shards: 1,
    changedSince: undefined,
    durations: [],
    form: 'text',
  });
});

test('kind, shards and earlier runs are chosen', () => {
  expect(
    request(
      '--kind',
      'pull-request',
      '--shards',
      '8',
      '--changed-since',
      'main',
      '--json',
      '--durations',
      'a',
      'b',
    ),
  ).toEqual({
    ...{ kind: 'pull-request', shards: 8, changedSince: 'main', durations: ['a', 'b'], form: 'json' },
  });
});

test.each([
  [['--kind', 'nightli'], /Unknown kind "nightli"; did you mean "nightly"/],
  [['--shards', '0'], /--shards 0 is no number of shards; it must be a whole number/],
  [['--durations'], /--durations needs reports of earlier runs/],
  [['--json', '--commands'], /--json and --commands exclude each other/],
  [['a.json'], /Unexpected "a.json"\.\n.*--durations RUN/],
])('is refused: %j', (args, message) => {
  expect(() => request(...args)).toThrow(message);
});
