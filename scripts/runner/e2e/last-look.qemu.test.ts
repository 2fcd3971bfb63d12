import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { execa } from 'execa';
import { expect, test } from 'vitest';

import { which } from '../../../harness/process/which.ts';
import { readReport } from '../../../harness/report/read.ts';
import { ownSuite } from './testing/own-suite.ts';

const qemu = await which('qemu-system-x86_64');

test.skipIf(qemu === undefined)(
  'the screen of a failed machine is in its report, whoever ended it',
  { timeout: 900_000 },
  async () => {
    const { args, report } = await ownSuite(`
      const wanted = { memoryMiB: 256, cpus: 1, display: true };
      test('ends it', async ({ machines }) => {
        await using vm = await (await machines.assemble(wanted)).start();
        throw new Error('no');
      });
      test('leaves it', async ({ machines }) => {
        await (await machines.assemble(wanted)).start();
        throw new Error('no');
      });
    `);
    await execa(process.execPath, args, { reject: false, stdin: 'ignore' });
    const { vms } = await readReport(report);
    expect(vms.map(({ files }) => files.includes('screen.png'))).toEqual([true, true]);
    const page = await readFile(join(report, 'index.html'), 'utf8');
    expect(page.match(/<img class="screen" src="data:image\/png;base64,iVBOR/g)).toHaveLength(2);
  },
);
