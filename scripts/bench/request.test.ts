import { describe, expect, it } from 'vitest';

import { UsageError } from '../../harness/util/errors.ts';
import { parseCommandLine } from '../cli/command.ts';
import { BENCH_COMMAND, parseBench } from './request.ts';

function parse(...args: string[]) {
  const { flags, positionals } = parseCommandLine(BENCH_COMMAND, args);
  return parseBench(flags, positionals);
}

describe('parseBench', () => {
  it('takes one name, and five runs by default', () => {
    expect(parse('boot')).toEqual({ name: 'boot', runs: 5 });
    expect(parse('api', '--runs', '20')).toEqual({ name: 'api', runs: 20 });
  });

  it.each([
    [[], 'Name one benchmark to run, not 0: boot, api, fork, update, livepatch, containers.'],
    [['boot', 'api'], 'Name one benchmark to run, not 2'],
    [
      ['bot'],
      'Unknown benchmark "bot"; did you mean "boot"? Known benchmarks: boot, api, fork, update, livepatch, containers.',
    ],
    [['boot', '--runs', '0'], '--runs 0 is no number of runs'],
    [['boot', '--runs', '1.5'], '--runs 1.5 is no number of runs'],
  ])('refuses %j', (args, message) => {
    expect(() => parse(...args)).toThrow(UsageError);
    expect(() => parse(...args)).toThrow(message);
  });
});
