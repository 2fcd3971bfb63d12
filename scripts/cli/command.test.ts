import { describe, expect, it } from 'vitest';

import { UsageError } from '../../harness/util/errors.ts';
import { defineCommand, parseCommandLine } from './command.ts';
import { helpText } from './help.ts';

const command = defineCommand({
  usage: 'npm run stand -- [--engine NAME] [--json]',
  summary: 'Holds an engine down.',
  flags: {
    engine: { value: 'NAME', help: 'Which engine.' },
    json: { help: 'Answers in JSON.' },
  },
});
const withWords = { ...command, positionals: { value: 'ENGINE...', help: 'Engines by name.' } };

function parse(...args: string[]) {
  return parseCommandLine(command, args);
}

describe('parseCommandLine', () => {
  it('types values as strings and switches as booleans', () => {
    expect(parse('--engine', 'raptor').flags).toEqual({ engine: 'raptor', json: false });
    expect(parse('--engine=-x', '--json').flags).toEqual({ engine: '-x', json: true });
    expect(parse().help).toBe(false);
    expect(parse('--help').help).toBe(true);
  });

  it.each([
    [
      ['--engin', 'x'],
      'Unknown flag "--engin"; did you mean "--engine"? Known flags: --engine, --json, --help.',
    ],
    [['-j'], 'Unknown flag "-j"'],
    [['--engine'], '--engine needs a value: --engine NAME.'],
    [['--engine', '--json'], '--engine needs a value'],
    [['--engine='], '--engine needs a value'],
    [['--json=yes'], '--json takes no value.'],
    [['--json', '--json'], '--json is given twice'],
    [['raptor'], 'Unexpected "raptor"'],
  ])('refuses %j', (args, message) => {
    expect(() => parse(...args)).toThrow(UsageError);
    expect(() => parse(...args)).toThrow(message);
  });

  it('hands on bare words only to a command that takes them', () => {
    expect(parseCommandLine(withWords, ['a', '--json', 'b']).positionals).toEqual(['a', 'b']);
  });

  it('keeps apart the words after the end of flags', () => {
    const { positionals, afterTerminator, flags } = parseCommandLine(withWords, ['a', '--', '--json', '-x']);
    expect({ positionals, afterTerminator }).toEqual({
      positionals: ['a', '--json', '-x'],
      afterTerminator: ['--json', '-x'],
    });
    expect(flags.json).toBe(false);
    expect(parseCommandLine(withWords, ['a']).afterTerminator).toBeUndefined();
  });
});

describe('helpText', () => {
  it('lists every flag in one column', () => {
    expect(helpText(withWords)).toBe(
      [
        'Holds an engine down.',
        '',
        'Usage: npm run stand -- [--engine NAME] [--json]',
        '',
        '  ENGINE...      Engines by name.',
        '  --engine NAME  Which engine.',
        '  --json         Answers in JSON.',
        '  --help         Prints this.',
        '',
      ].join('\n'),
    );
  });
});
