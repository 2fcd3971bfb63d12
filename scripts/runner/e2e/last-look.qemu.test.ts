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

test.skipIf(qemu === undefined)(
  '--keep-memory leaves the memory of a failed machine in its report, and no other',
  { timeout: 900_000 },
  async () => {
    const { args, report } = await ownSuite(`
      const wanted = { memoryMiB: 256, cpus: 1 };
      test('passes', async ({ machines }) => {
        await using vm = await (await machines.assemble(wanted)).start();
      });
      test('fails', async ({ machines }) => {
        await using vm = await (await machines.assemble(wanted)).start();
        await (await (await machines.assemble(wanted)).start()).powerCut();
        throw new Error('no');
      });
    `);
    const { stdout } = await execa(process.execPath, [...args, '--keep-memory'], {
      ...{ reject: false, stdin: 'ignore', env: { NO_COLOR: '1' } },
    });
    const { vms } = await readReport(report);
    const [kept, cut] = vms;
    expect(vms).toHaveLength(2);
    expect(kept).toMatchObject({ memory: { file: 'memory.elf', vmlinux: null } });
    const path = join(report, kept?.directory ?? '', 'memory.elf');
    expect((await readFile(path)).length).toBeGreaterThan(256 * 2 ** 20);
    expect(stdout).toMatch(
      /read its memory: crash --kaslr=auto --no_kmem_cache --no_modules vmlinux \S+\/memory\.elf \(no vmlinux/,
    );
    expect(cut?.files).not.toContain('memory.elf');
    expect(stdout).toContain(`note  the memory of ${cut?.id ?? ''} is not kept: it was off at its end`);
    expect(stdout.match(/memory of \S+ is not kept/g)).toHaveLength(1);
  },
);
