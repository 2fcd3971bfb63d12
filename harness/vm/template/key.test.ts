import { rm, symlink, writeFile } from 'node:fs/promises';

import { beforeEach, describe, expect, test } from 'vitest';

import { scratchDirectory } from '../../util/testing/scratch.ts';
import { generic } from '../../os/generic.ts';
import type { Image } from '../../image/open.ts';
import type { GuestService } from '../../services/guest-service.ts';
import type { MachineParts } from '../qemu-options.ts';
import { resolveSpec, type MachineSpec } from '../spec.ts';
import { templateKey } from './key.ts';

interface Machine {
  readonly spec?: Partial<MachineSpec>;
  readonly image?: Partial<Image>;
  readonly parts?: Partial<MachineParts>;
}

let scratch: (name: string) => string;
beforeEach(async () => {
  scratch = await scratchDirectory();
  for (const name of ['disk', 'backing', 'firmware', 'vars', 'qemu', 'kernel'])
    await writeFile(scratch(name), name);
});

function keyOf({ spec = {}, image = {}, parts = {} }: Machine = {}): Promise<string> {
  const disks = [{ path: scratch('disk'), format: 'qcow2', backingFiles: [scratch('backing')] }];
  const fixed = {
    path: 'unused',
    arch: 'x86_64',
    profile: generic,
    capabilities: new Set(),
    disks,
    gpt: GPT,
  };
  return templateKey({
    spec: resolveSpec({ image: { ...fixed, ...image } as unknown as Image, ...spec }, 'tcg'),
    qemu: { path: scratch('qemu'), version: '7.2.0' },
    firmware: { codePath: scratch('firmware'), varsTemplatePath: scratch('vars'), format: 'raw' },
    accelerator: 'tcg',
    ...parts,
  } as unknown as MachineParts);
}

const GPT = { sectorBytes: 512 };
const document = (content: string) => ({ channel: 'fw-cfg', content }) as const;
const service = (port: number): GuestService =>
  ({ port, socket: `/tmp/${port}`, settings: {} }) as GuestService;
const qemuOf = (version: string) =>
  ({ qemu: { path: scratch('qemu'), version } }) as unknown as Partial<MachineParts>;
const manifest = (sha256: string) => ({ manifest: { disks: [{ sha256 }] } }) as unknown as Partial<Image>;

describe('the key of a template', () => {
  test.for<[string, () => Machine]>([
    ['the size of its disk', () => ({ spec: { diskSizeBytes: 2 ** 30 } })],
    [
      'the sectors of its disk',
      () => ({ image: { gpt: { sectorBytes: 4096 } } as unknown as Partial<Image> }),
    ],
    ['its CPUs', () => ({ spec: { cpus: 7 } })],
    ['its memory', () => ({ spec: { memoryMiB: 777 } })],
    ['a network card', () => ({ spec: { network: {} } })],
    ['services, which need a card', () => ({ spec: { services: [service(80)] } })],
    ['user-data', () => ({ spec: { userData: [document('a')] } })],
    [
      'a kernel of the host',
      () => ({ spec: { directKernel: { kernel: scratch('kernel'), commandLine: '' } } }),
    ],
    ['the bridge', () => ({ image: { capabilities: new Set(['bridge'] as const) } })],
    [
      'what shows that it is ready',
      () => ({ image: { profile: { ...generic, ready: { console: /up/, withinMs: 1000 } } } }),
    ],
    ['the digests of its disks', () => ({ image: manifest('a') })],
    ['the version of QEMU', () => ({ parts: qemuOf('7.2.1') })],
    ['the accelerator', () => ({ parts: { accelerator: 'kvm' } })],
    [
      'the place of its disk',
      () => ({
        image: {
          disks: [{ path: scratch('backing'), format: 'qcow2', backingFiles: [scratch('backing')] }],
        } as unknown as Partial<Image>,
      }),
    ],
  ])('depends on %s', async ([, other]) => {
    const key = await keyOf();
    expect(await keyOf()).toBe(key);
    expect(await keyOf(other())).not.toBe(key);
  });

  test.for<[string, Machine, Machine]>([
    [
      'the contents of user-data',
      { spec: { userData: [document('a')] } },
      { spec: { userData: [document('b')] } },
    ],
    [
      'the channel of user-data',
      { spec: { userData: [document('a')] } },
      { spec: { userData: [{ channel: 'cd-rom', content: 'a' }] } },
    ],
    ['a digest of its disks', { image: manifest('a') }, { image: manifest('b') }],
  ])('depends on %s', async ([, one, other]) => {
    expect(await keyOf(one)).not.toBe(await keyOf(other));
  });

  test.for(['disk', 'backing', 'firmware', 'vars', 'qemu'])(
    'depends on the state of its file "%s"',
    async (name) => {
      const key = await keyOf();
      await writeFile(scratch(name), 'changed');
      expect(await keyOf()).not.toBe(key);
    },
  );

  test("depends on the state of a host's kernel", async () => {
    const spec = { directKernel: { kernel: scratch('kernel'), commandLine: '' } };
    const key = await keyOf({ spec });
    await writeFile(scratch('kernel'), 'changed');
    expect(await keyOf({ spec })).not.toBe(key);
  });

  test('depends on what a link leads to', async () => {
    await rm(scratch('backing'));
    await symlink('disk', scratch('backing'));
    const key = await keyOf();
    await rm(scratch('backing'));
    await symlink('kernel', scratch('backing'));
    expect(await keyOf()).not.toBe(key);
  });

  test.for<[string, Machine, Machine]>([
    ['its label', {}, { spec: { label: 'other' } }],
    ['where its evidence goes', {}, { spec: { evidenceDirectory: '/elsewhere' } }],
    ['a second monitor', {}, { spec: { spareQmp: true } }],
    [
      'ports of the host',
      { spec: { network: {} } },
      { spec: { network: { forwards: [{ guestPort: 80, hostPort: 8080 }] } } },
    ],
    [
      'which services its card reaches',
      { spec: { services: [service(80)] } },
      { spec: { services: [service(443)] } },
    ],
  ])('does not depend on %s', async ([, one, other]) => {
    expect(await keyOf(one)).toBe(await keyOf(other));
  });
});
