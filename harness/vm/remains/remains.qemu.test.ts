import {
  chmod,
  chown,
  cp,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';

import { describe, expect, onTestFinished, test } from 'vitest';

import { readRange, writeRange } from '../../disk/disk-io.ts';
import { createOverlay } from '../../disk/overlay.ts';
import { openImage } from '../../image/open.ts';
import { unbootableDisk } from '../../image/testing/unbootable-disk.ts';
import { which } from '../../process/which.ts';
import { sha256OfFile } from '../../util/files/sha256.ts';
import { scratchDirectory } from '../../util/testing/scratch.ts';
import { assemble } from '../assemble.ts';
import { assembleFrom } from './assemble.ts';
import { openRemains } from './open.ts';
import { dropDisks, recordRemains, takeDisks } from './save.ts';

const qemu = await which('qemu-system-x86_64');
const IS_ROOT = userInfo().uid === 0;
const NOBODY = 65_534;
const OFFSET = 2 ** 20;
const LEFT = Buffer.from('what the guest wrote');

/** A report with the machine "vm-1", whose disk holds what no image does; nothing is booted. */
async function report() {
  const scratch = await scratchDirectory();
  const disk = await unbootableDisk();
  const userData = [
    { channel: 'fw-cfg', content: '[settings]\n' } as const,
    { channel: 'credentials', name: 'key', content: new Uint8Array([1, 2]) } as const,
  ];
  const spec = { image: await openImage(disk), cpus: 1, memoryMiB: 256, userData };
  await using machine = await assemble(spec);
  await writeRange(machine.disk, OFFSET, LEFT);
  const { uuid } = machine.assembly;
  const evidence = scratch('report/vms/vm-1');
  expect(await takeDisks(machine.assembly, evidence)).toBeUndefined();
  await recordRemains(machine.assembly, evidence, null);
  return { scratch, disk, evidence, uuid };
}

async function digests(directory: string): Promise<string[]> {
  return Promise.all((await readdir(directory)).sort().map((name) => sha256OfFile(join(directory, name))));
}

describe.skipIf(qemu === undefined)('a machine that was left (needs qemu-system-x86_64)', () => {
  test('is put together as it was, and its evidence never written', async () => {
    const { scratch, disk, evidence, uuid } = await report();
    const before = [...(await digests(evidence)), await sha256OfFile(disk)];
    const remains = await openRemains(scratch('report/vm-1'));
    const machine = await assembleFrom(remains, { spareQmp: true });
    onTestFinished(() => machine[Symbol.asyncDispose]());
    expect(await readRange(machine.disk, OFFSET, LEFT.length)).toEqual(LEFT);
    expect(machine.assembly).toMatchObject({ uuid, spec: { cpus: 1, memoryMiB: 256, spareQmp: true } });
    expect(await readFile(machine.directory.file('user-data.fw-cfg'), 'utf8')).toBe('[settings]\n');
    expect(machine.assembly.devices.smbiosOemStrings).toHaveLength(1);
    await writeRange(machine.disk, OFFSET, Buffer.alloc(LEFT.length));
    expect([...(await digests(evidence)), await sha256OfFile(disk)]).toEqual(before);
  });

  test('needs its image, which may have a new date only', async () => {
    const { disk, evidence, scratch } = await report();
    await utimes(disk, 1, 1);
    expect((await openRemains(evidence)).image.path).toBe(disk);
    await writeRange({ path: disk, format: 'raw' }, OFFSET, Buffer.from('x'));
    await expect(openRemains(evidence)).rejects.toThrow(
      /The image has changed since .*disk\.img had the sha256 [0-9a-f]{64}, and now has [0-9a-f]{64}\./,
    );
    await rename(disk, scratch('elsewhere'));
    await expect(openRemains(evidence)).rejects.toThrow(/booted from can't be opened: .*disk\.img/);
  });

  test('of a fork refers to the image, not to the template', async () => {
    const { disk, evidence, scratch } = await report();
    await using machine = await assemble({ image: await openImage(disk), cpus: 1, memoryMiB: 256 });
    await writeRange(machine.disk, OFFSET, LEFT);
    const template = await createOverlay(
      { path: join(evidence, 'disk0.qcow2'), format: 'qcow2' },
      scratch('.'),
      't',
    );
    await writeRange(template, 2 * OFFSET - 512, Buffer.from('in the fork'));
    const forked = { ...machine.assembly, disks: [template] as const };
    const target = scratch('report/vms/vm-2');
    expect(await takeDisks(forked, target)).toBeUndefined();
    await recordRemains(forked, target, null);
    await rm(evidence, { recursive: true });
    await using again = await assembleFrom(await openRemains(scratch('report/vm-2')));
    expect(await readRange(again.disk, OFFSET, LEFT.length)).toEqual(LEFT);
    expect((await readRange(again.disk, 2 * OFFSET - 512, 11)).toString()).toBe('in the fork');
  });

  test('whose disk was served, or is no more, is refused', async () => {
    const { disk, scratch, evidence } = await report();
    await using machine = await assemble({ image: await openImage(disk), cpus: 1, memoryMiB: 256 });
    const served = { path: '/run/nbd.sock', format: 'nbd', exportName: 'x' } as const;
    const reason = await takeDisks({ ...machine.assembly, disks: [served] }, scratch('none'));
    expect(reason).toBe('its disk was served by the test');
    await mkdir(scratch('report/vms/vm-3'));
    await expect(openRemains(scratch('report/vm-3'))).rejects.toThrow(/no machine whose disks were kept/);
    await expect(openRemains(scratch('report/vm-4'))).rejects.toThrow(/There is no machine at .*vm-4/);
    await dropDisks(machine.assembly, evidence);
    await expect(openRemains(evidence)).rejects.toThrow(/a file is missing: .*disk0\.qcow2/);
  });

  test('that every user can write is refused', async () => {
    const { evidence } = await report();
    for (const name of ['disk0.qcow2', 'remains.json', '.']) {
      const path = join(evidence, name);
      const { mode } = await stat(path);
      await chmod(path, mode | 0o002);
      await expect(openRemains(evidence), name).rejects.toThrow(/can be written by every user.*cp -r/s);
      await chmod(path, mode);
    }
    await openRemains(evidence);
  });

  test.skipIf(!IS_ROOT)("that is another user's is refused (needs root)", async () => {
    const { evidence } = await report();
    for (const name of ['disk0.qcow2', 'remains.json', '.']) {
      await chown(join(evidence, name), NOBODY, NOBODY);
      await expect(openRemains(evidence), name).rejects.toThrow(/belongs to another user \(65534\)/);
      await chown(join(evidence, name), 0, 0);
    }
    await openRemains(evidence);
  });

  test('that was tampered with reads nothing else of the host', async () => {
    const { scratch, evidence } = await report();
    await writeFile(scratch('secret'), Buffer.alloc(2 ** 21, 's'));
    const copy = async (name: string): Promise<string> => {
      await cp(evidence, scratch(name), { recursive: true });
      return scratch(name);
    };
    const other = await copy('other');
    await rm(join(other, 'disk0.qcow2'));
    await createOverlay({ path: scratch('secret'), format: 'raw' }, other, 'disk0');
    await expect(openRemains(other)).rejects.toThrow(/is laid over .*secret, and not over a disk/);

    const linked = await copy('linked');
    await rm(join(linked, 'disk0.qcow2'));
    await symlink(scratch('secret'), join(linked, 'disk0.qcow2'));
    await expect(openRemains(linked)).rejects.toThrow(/disk0\.qcow2 is a link, not a file/);

    const recordLinked = await copy('record-linked');
    await rename(join(recordLinked, 'remains.json'), scratch('record'));
    await symlink(scratch('record'), join(recordLinked, 'remains.json'));
    await expect(openRemains(recordLinked)).rejects.toThrow(/remains\.json is a link, not a file/);

    const variablesLinked = await copy('variables-linked');
    const [variables = ''] = (await readdir(variablesLinked)).filter((name) =>
      name.startsWith('firmware-vars'),
    );
    await rm(join(variablesLinked, variables));
    await symlink(scratch('secret'), join(variablesLinked, variables));
    await expect(openRemains(variablesLinked)).rejects.toThrow(/firmware-vars\.\w+ is a link, not a file/);

    const outside = await copy('outside');
    const record = await readFile(join(outside, 'remains.json'), 'utf8');
    const moved = record.replace(/"firmwareVariables": "[^"]*"/, '"firmwareVariables": "../../secret"');
    await writeFile(join(outside, 'remains.json'), moved);
    await expect(openRemains(outside)).rejects.toThrow(/"\.\.\/\.\.\/secret" is no plain name/);
  });
});
