import { describe, expect, test } from 'vitest';

import { parseEntry } from './entry.ts';
import { LineSplitter } from './line-splitter.ts';

const STAMPS = { __REALTIME_TIMESTAMP: '1700000000000001', __MONOTONIC_TIMESTAMP: '42', _BOOT_ID: 'b' };

function parse(fields: Record<string, unknown>) {
  return parseEntry(JSON.stringify({ ...STAMPS, ...fields }));
}

describe('an entry', () => {
  test('has its times, and nothing where it says nothing', () => {
    expect(parse({})).toEqual({
      ...{ message: '', priority: undefined, unit: undefined, identifier: undefined, origin: 'program' },
      ...{
        realtimeUs: 1_700_000_000_000_001,
        monotonicUs: 42,
        bootId: 'b',
        raw: expect.objectContaining({ _BOOT_ID: 'b' }) as unknown,
      },
    });
  });

  test.each([
    ['0', 0],
    ['7', 7],
    ['8', undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['err', undefined],
  ])('of priority %s', (PRIORITY, priority) => {
    expect(parse({ PRIORITY })?.priority).toBe(priority);
  });

  test.each([
    ['program', { _TRANSPORT: 'kernel' }],
    ['kernel', { _TRANSPORT: 'kernel', SYSLOG_FACILITY: '0', SYSLOG_IDENTIFIER: 'kernel' }],
    ['program', { _TRANSPORT: 'kernel', SYSLOG_FACILITY: '3', SYSLOG_IDENTIFIER: 'kernel' }],
    [
      'program',
      { _TRANSPORT: 'kernel', SYSLOG_FACILITY: '3', SYSLOG_IDENTIFIER: 'systemd', SYSLOG_PID: '12' },
    ],
    ['program', { _TRANSPORT: 'kernel', SYSLOG_FACILITY: '3', SYSLOG_IDENTIFIER: 'other', SYSLOG_PID: '1' }],
    ['init', { _TRANSPORT: 'kernel', SYSLOG_FACILITY: '3', SYSLOG_IDENTIFIER: 'systemd', SYSLOG_PID: '1' }],
    ['init', { _TRANSPORT: 'journal', _PID: '1' }],
    ['program', { _TRANSPORT: 'journal', _PID: '11', SYSLOG_IDENTIFIER: 'systemd', SYSLOG_PID: '1' }],
    ['program', { _TRANSPORT: 'stdout', SYSLOG_FACILITY: '0', SYSLOG_IDENTIFIER: 'kernel' }],
  ])('is the word of %s with %j', (origin, fields) => {
    expect(parse(fields)?.origin).toBe(origin);
  });

  test('is about the unit that PID 1 names, or else of the one that speaks', () => {
    expect(parse({ UNIT: 'a.service', _SYSTEMD_UNIT: 'init.scope' })?.unit).toBe('a.service');
    expect(parse({ _SYSTEMD_UNIT: 'b.service' })?.unit).toBe('b.service');
    expect(parse({ SYSLOG_IDENTIFIER: 'systemd', _COMM: 'x' })?.identifier).toBe('systemd');
    expect(parse({ _COMM: 'x' })?.identifier).toBe('x');
  });

  test.each([
    ['text', 'text'],
    [[104, 105], 'hi'],
    [['first', 'second'], 'first'],
    [[[104, 105], 'second'], 'hi'],
    [[256], ''],
    [[-1], ''],
    [[], ''],
    [null, ''],
    [7, ''],
  ])('with the message %j', (MESSAGE, message) => {
    expect(parse({ MESSAGE })?.message).toBe(message);
  });

  test.each([
    '',
    '{"MESSAGE":"half',
    '7',
    'null',
    JSON.stringify({ ...STAMPS, _BOOT_ID: undefined }),
    JSON.stringify({ ...STAMPS, __MONOTONIC_TIMESTAMP: 42 }),
    JSON.stringify({ ...STAMPS, __REALTIME_TIMESTAMP: '1'.repeat(17) }),
    JSON.stringify({ ...STAMPS, __REALTIME_TIMESTAMP: ' 1' }),
    JSON.stringify({ ...STAMPS, __REALTIME_TIMESTAMP: '1x' }),
    JSON.stringify({ ...STAMPS, __REALTIME_TIMESTAMP: '' }),
  ])('is not %s', (line) => {
    expect(parseEntry(line)).toBeUndefined();
  });
});

describe('lines', () => {
  test('are cut wherever their bytes come, without empty ones', () => {
    const splitter = new LineSplitter(10);
    const pieces = ['a', 'b\n\nc', '\n', 'd\ne'].map((piece) => splitter.push(Buffer.from(piece)));
    expect(pieces).toEqual([[], ['ab'], ['c'], ['d']]);
    expect(splitter.push(Buffer.from('f\n'))).toEqual(['ef']);
  });

  test('that are too long are left out, and those after them are not', () => {
    const splitter = new LineSplitter(4);
    expect(splitter.push(Buffer.from('1234\n12345\n12'))).toEqual(['1234']);
    expect(splitter.push(Buffer.from('34\n123'))).toEqual(['1234']);
    expect(splitter.push(Buffer.from('45'))).toEqual([]);
    expect(splitter.push(Buffer.from('\nend\n'))).toEqual(['end']);
  });
});
