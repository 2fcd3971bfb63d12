import { expect, test } from 'vitest';

import { parseEntry } from './entry.ts';

const STAMPS = { __REALTIME_TIMESTAMP: '1', __MONOTONIC_TIMESTAMP: '1', _BOOT_ID: 'b' };

test.each([
  ['the kernel', 'kernel', { _TRANSPORT: 'kernel', SYSLOG_FACILITY: '0', SYSLOG_IDENTIFIER: 'kernel' }],
  [
    'systemd before journald runs',
    'init',
    { _TRANSPORT: 'kernel', SYSLOG_FACILITY: '3', SYSLOG_IDENTIFIER: 'systemd', SYSLOG_PID: '1' },
  ],
  [
    'another systemd through /dev/kmsg',
    'program',
    { _TRANSPORT: 'kernel', SYSLOG_FACILITY: '3', SYSLOG_IDENTIFIER: 'systemd', SYSLOG_PID: '7' },
  ],
  [
    'a program through /dev/kmsg',
    'program',
    { _TRANSPORT: 'kernel', SYSLOG_FACILITY: '1', SYSLOG_IDENTIFIER: 'kernel', SYSLOG_PID: '1' },
  ],
  ['systemd', 'init', { _TRANSPORT: 'journal', SYSLOG_FACILITY: '3', _PID: '1' }],
  ['who calls itself so', 'program', { _TRANSPORT: 'syslog', SYSLOG_IDENTIFIER: 'kernel', _PID: '77' }],
  ['who gives no field at all', 'program', {}],
])('%s is known by what journald adds', (_who, origin, fields) => {
  const entry = parseEntry(JSON.stringify({ ...STAMPS, MESSAGE: 'BUG: x', ...fields }));
  expect(entry?.origin).toBe(origin);
});
