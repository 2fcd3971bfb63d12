import { readFile } from 'node:fs/promises';

import { expect, test } from 'vitest';

import { scratchDirectory } from '../util/testing/scratch.ts';
import { openImage } from '../image/open.ts';
import { unbootableDisk } from '../image/testing/unbootable-disk.ts';
import type { UserData } from '../os/user-data/channels.ts';
import { which } from '../process/which.ts';
import { Deadline } from '../util/deadline.ts';
import { assemble } from './assemble.ts';

const qemu = await which('qemu-system-x86_64');

test.skipIf(qemu === undefined)(
  'the firmware hands on credentials and the mark for cloud-init',
  { timeout: 360_000 },
  async () => {
    const scratch = await scratchDirectory();
    const userData: UserData[] = [
      { channel: 'nocloud', content: '#cloud-config\n' },
      { channel: 'ignition', content: '{}' },
      { channel: 'credentials', name: 'first', content: 'one' },
      { channel: 'credentials', name: 'large', content: new Uint8Array(30_000).fill(7) },
    ];
    const spec = { image: await openImage(await unbootableDisk()), memoryMiB: 128, cpus: 1, userData };
    const memoryFile = { path: scratch('memory'), writes: 'to-file' } as const;
    await using machine = await assemble(spec, { memoryFile });
    const vm = await machine.start();
    await vm.console.waitFor(/BdsDxe|UEFI/, Deadline.after(120_000, 'the firmware to speak'));
    await vm.stop();
    const memory = await readFile(scratch('memory'));
    const large = Buffer.alloc(30_000, 7).toString('base64');
    for (const wanted of [
      'ds=nocloud\0',
      'io.systemd.credential.binary:first=b25l\0',
      `io.systemd.credential.binary:large=${large}\0`,
    ]) {
      expect(memory.includes(wanted), wanted.slice(0, 60)).toBe(true);
    }
  },
);
