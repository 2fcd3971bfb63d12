import { expect, it } from 'vitest';

import { parseQmpMessage } from './messages.ts';

const AT = { seconds: 12, microseconds: 345_000 };

it.each([
  ['a greeting', { QMP: { version: { qemu: { major: 7, minor: 2, micro: 0 } } } }, { kind: 'greeting' }],
  ['a reply', { id: 3, return: { a: [1] } }, { kind: 'reply', id: 3, value: { a: [1] } }],
  [
    'a refusal',
    { id: 3, error: { class: 'GenericError', desc: 'no' } },
    { kind: 'refusal', refusal: { id: 3, error: { class: 'GenericError', desc: 'no' } } },
  ],
  [
    'a refusal of what could not be read',
    { error: { class: 'GenericError', desc: 'no' } },
    { kind: 'refusal', refusal: { error: { class: 'GenericError', desc: 'no' } } },
  ],
  [
    'an event',
    { event: 'RESET', data: { guest: true }, timestamp: AT },
    { kind: 'event', event: { name: 'RESET', data: { guest: true }, atMs: 12_345 } },
  ],
  [
    'an event without data',
    { event: 'STOP', timestamp: AT },
    { kind: 'event', event: { name: 'STOP', data: {}, atMs: 12_345 } },
  ],
])('reads %s', (_what, line, message) => {
  expect(parseQmpMessage(JSON.stringify(line))).toEqual(message);
});

it.each([
  '',
  '{',
  '7',
  '{}',
  '{"QMP":{}}',
  '{"id":1.5,"return":0}',
  '{"event":"STOP"}',
  '{"error":{"class":"a"}}',
])('takes %s for none of the messages', (line) => {
  expect(parseQmpMessage(line)).toBeUndefined();
});
