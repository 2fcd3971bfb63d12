import { expect, it } from 'vitest';

import { UsageError } from '../../../harness/util/errors.ts';
import { parseAction } from './parse.ts';

it.each([
  ['list', { action: 'list' }],
  ['stop', { action: 'stop' }],
  ['stop vm-1', { action: 'stop', machine: 'vm-1' }],
  ['api GET /settings', { action: 'api', words: ['GET', '/settings'] }],
  ['api vm-1 PATCH /settings {}', { action: 'api', machine: 'vm-1', words: ['PATCH', '/settings', '{}'] }],
  ['screenshot a.png', { action: 'screenshot', words: ['a.png'] }],
  ['screenshot vm-1 a.png', { action: 'screenshot', machine: 'vm-1', words: ['a.png'] }],
  ['exec -- ls -l', { action: 'exec', command: ['ls', '-l'] }],
  ['exec vm-1 -- ls', { action: 'exec', machine: 'vm-1', command: ['ls'] }],
])('understands "%s"', (line, expected) => {
  const [before = '', after] = line.split(' -- ');
  const command = after?.split(' ');
  const parsed = parseAction([...before.split(' '), ...(command ?? [])], command);
  expect(parsed).toEqual({ machine: undefined, words: [], command: [], ...expected });
});

it.each([
  [['stp'], undefined, /Unknown action "stp"; did you mean "stop"\? Known actions: list, console, stop/],
  [['list', 'vm-1'], undefined, /not how list is called; it is: npm run vm -- list$/],
  [['stop', 'vm-1', 'vm-2'], undefined, /it is: npm run vm -- stop \[NAME\]/],
  [['api', 'vm-1', '/settings'], undefined, /it is: npm run vm -- api \[NAME\] GET\|/],
  [['api', 'get', '/settings'], undefined, /GET\|PATCH/],
  [['api', 'GET'], undefined, /it is: npm run vm -- api \[NAME\] GET\|/],
  [['api', 'vm-1', 'PUT', '/a', '{}', 'more'], undefined, /it is: npm run vm -- api \[NAME\] GET\|/],
  [['screenshot'], undefined, /it is: npm run vm -- screenshot \[NAME\] FILE\.png$/],
  [['screenshot', 'vm-1', 'a.png', 'b.png'], undefined, /screenshot \[NAME\] FILE\.png$/],
  [['console', 'vm-1', 'vm-2'], undefined, /console \[NAME\]$/],
  [[''], undefined, /Unknown action ""/],
  [['exec', 'vm-1', 'ls'], undefined, /exec \[NAME\] -- COMMAND/],
  [['exec', 'vm-1'], [], /exec \[NAME\] -- COMMAND/],
  [['stop', 'ls'], ['ls'], /stop \[NAME\]/],
  [['toString'], undefined, /Unknown action "toString"/],
])('refuses %j', (words, command, message) => {
  expect(() => parseAction(words, command)).toThrow(UsageError);
  expect(() => parseAction(words, command)).toThrow(message);
});
