import { constants, openSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';

import { execa } from 'execa';
import { expect, test } from 'vitest';

import { which } from '../process/which.ts';
import { scratchDirectory } from '../util/testing/scratch.ts';
import { optionString } from './argv/option-string.ts';
import { makePipe, openPipe } from './pipe.ts';

const qemu = await which('qemu-system-x86_64');
const SAID_BYTES = 60_000;

/** Says x to the first serial port, as fast as it can, and ends QEMU. */
const BOOT_SECTOR = Uint8Array.of(
  ...[0xb9, SAID_BYTES & 0xff, SAID_BYTES >> 8], // mov cx, SAID_BYTES
  ...[0xba, 0xf8, 0x03], // mov dx, COM1
  ...[0xb0, 0x78], // mov al, 'x'
  ...[0xee, 0xe2, 0xfd], // out dx, al; loop to it
  ...[0xe6, 0xf4], // out 0xf4, al
);

test.skipIf(qemu === undefined)('a guest loses no byte while nobody reads (needs qemu)', async () => {
  const scratch = await scratchDirectory();
  const [disk, pipe] = [scratch('disk'), scratch('console')];
  const sector = Buffer.alloc(512);
  sector.set(BOOT_SECTOR);
  sector.writeUInt16LE(0xaa55, 510);
  await writeFile(disk, sector);
  await makePipe(pipe);
  // Open, so that what is said stays when QEMU has ended.
  const fromGuest = openSync(`${pipe}.out`, constants.O_RDONLY | constants.O_NONBLOCK);
  const argv = [
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-accel', 'tcg', '-m', '16'],
    ...['-drive', optionString('', { file: disk, format: 'raw', if: 'ide' })],
    ...['-device', 'isa-debug-exit,iobase=0xf4,iosize=1'],
    ...['-chardev', optionString('pipe', { id: 'console', path: pipe }), '-serial', 'chardev:console'],
  ];
  await execa(qemu ?? '', argv, { reject: false, timeout: 60_000 });
  expect(readFileSync(fromGuest, 'latin1')).toBe('x'.repeat(SAID_BYTES));
});

test('without QEMU there is nothing to open', async () => {
  const scratch = await scratchDirectory();
  expect(() => openPipe(scratch('console'))).toThrow(/Can't open QEMU's pipe .*ENOENT/);
});
