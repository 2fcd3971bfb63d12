import { expect, test } from 'vitest';

import { Deadline } from '../../util/deadline.ts';
import { ImageError } from '../../util/errors.ts';
import { waitForReady } from './ready.ts';

const FIRMWARE = 'BdsDxe: starting Boot0001 "UEFI Misc Device" from PciRoot(0x0)';
const PORT = { from: 0, serialPort: 'ttyS0' };
const marks = { console: /login:/, agent: true, withinMs: 50 };

/** A guest whose console shows these lines and no more, and whose agent does what the test says. */
function guest(lines: readonly string[], agent: (deadline: Deadline) => Promise<void>) {
  return {
    agent: { waitUntilReady: agent },
    console: {
      position: 0,
      tail: () => [...lines],
      waitFor: (pattern: RegExp, deadline: Deadline) => {
        const found = lines.findIndex((line) => pattern.test(line));
        return found === -1 ? expires(deadline) : Promise.resolve({ number: found, atMs: 0, text: '' });
      },
    },
    waitForApi: (deadline: Deadline) => expires(deadline),
  };
}

test('the first mark that is seen counts', async () => {
  expect(await wait(guest(['debian login: '], expires))).toBe('console');
  expect(await wait(guest([], () => Promise.resolve()))).toBe('agent');
});

test('says what was expected and what was seen last', async () => {
  await expect(wait(guest([FIRMWARE, 'Loading the initial ramdisk', 'grub>'], expires))).rejects.toThrow(
    /the machine \(QEMU's guest agent, or \/login:\/ on the console\)[^]*Last seen: grub>/,
  );
});

test('names a console that only the firmware wrote to', async () => {
  await expect(wait(guest([FIRMWARE, 'EFI stub: Loaded initrd', ' '], expires))).rejects.toThrow(
    /nothing on ttyS0 since the firmware[^]*add console=ttyS0 to its kernel command line/,
  );
});

test('a failure of the machine comes before a missing mark', async () => {
  const crash = new ImageError('The machine crashed: Kernel panic');
  await expect(wait(guest([FIRMWARE], () => Promise.reject(crash)))).rejects.toBe(crash);
});

function wait(vm: ReturnType<typeof guest>): Promise<string> {
  return waitForReady(vm, marks, Deadline.after(marks.withinMs, 'the machine'), PORT);
}

function expires(deadline: Deadline): Promise<never> {
  return deadline.race(new Promise<never>(() => undefined));
}
