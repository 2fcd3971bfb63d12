import { writeFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { scratchDirectory } from '../../harness/util/testing/scratch.ts';
import { UsageError } from '../../harness/util/errors.ts';
import { diagnoseLog } from './log.ts';

async function logOf(text: string): Promise<string> {
  const file = (await scratchDirectory())('some.log');
  writeFileSync(file, text);
  return file;
}

const entry = (message: string, fields: object): string =>
  JSON.stringify({
    ...{ __REALTIME_TIMESTAMP: '1', __MONOTONIC_TIMESTAMP: '1', _BOOT_ID: 'a', MESSAGE: message },
    ...fields,
  });

test('reads a console, whose last line may have no end', async () => {
  const file = await logOf(
    '[    1.000000] Linux version 7.1.0\r\n\n[    2.000000] Kernel panic - not syncing: it',
  );
  expect(await diagnoseLog(file)).toMatchObject([{ kind: 'panic', line: 3 }]);
});

test('reads a journal, and believes only what journald says of the sender', async () => {
  const panic = 'Kernel panic - not syncing: it';
  const lines = [
    entry(panic, { _TRANSPORT: 'stdout', _PID: '77', SYSLOG_IDENTIFIER: 'kernel' }),
    entry(panic, { _TRANSPORT: 'kernel', SYSLOG_FACILITY: '0' }),
  ];
  expect(await diagnoseLog(await logOf(lines.join('\n')))).toMatchObject([{ kind: 'panic', line: 2 }]);
});

test('a file that can’t be read is wrong use', async () => {
  await expect(diagnoseLog('/nowhere/some.log')).rejects.toThrow(UsageError);
  await expect(diagnoseLog('/nowhere/some.log')).rejects.toThrow(
    /nowhere.*can't be read.*- for standard input/s,
  );
});
