import { describe, expect, test } from 'vitest';

import { readGptOf } from '../../image/gpt.ts';
import { crashStates, type CrashState } from '../crash/states.ts';
import type { RecordedDisk } from '../recorded-disk.ts';
import { regionFinder } from '../regions.ts';
import {
  osDisk,
  PLACES,
  privateWith,
  sampleVersion,
  tables,
  type SampleVersion,
} from '../testing/os-disk.ts';
import { Inspector, type Findings } from './inspector.ts';

const MIB = 2 ** 20;
const GOOD = 0x0101n << 48n;
const TO_TRY = 0x0012n << 48n;
const OLD = sampleVersion('1.0.0');
const NEW = sampleVersion('2.0.0');

async function write(disk: RecordedDisk, offset: number, bytes: Buffer): Promise<void> {
  const data = Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
  const request = { kind: 'write', offset, lengthBytes: data.length, fua: false, data } as const;
  (await disk.submit(request)).given();
}

async function flush(disk: RecordedDisk): Promise<void> {
  const request = { kind: 'flush', offset: 0, lengthBytes: 0, fua: false, data: Buffer.alloc(0) } as const;
  (await disk.submit(request)).given();
}

async function writeSlotB(disk: RecordedDisk, { boot, root, hash }: SampleVersion): Promise<void> {
  await write(disk, PLACES['BOTTLEROCKET-ROOT-B'] * MIB, root);
  await write(disk, PLACES['BOTTLEROCKET-BOOT-B'] * MIB, boot);
  await write(disk, PLACES['BOTTLEROCKET-HASH-B'] * MIB, hash);
}

interface Seen {
  readonly state: CrashState;
  readonly findings: Findings;
}

/** Of every state that a cut after `script` can leave. */
async function inspectAll(script: (disk: RecordedDisk) => Promise<void>): Promise<Seen[]> {
  const { disk, base, scratch } = await osDisk(OLD, { motd: 'old' });
  await script(disk);
  const recording = disk.recording();
  const table = await readGptOf({ sizeBytes: base.sizeBytes, read: base.read.bind(base), name: 'base' });
  const inspector = new Inspector(scratch('.'), recording, [OLD.known, NEW.known]);
  const seen: Seen[] = [];
  for (const state of crashStates(recording, { regionAt: regionFinder(table) }).states) {
    seen.push({ state, findings: await inspector.inspect(state) });
  }
  return seen;
}

const faultsOf = (seen: readonly Seen[]): string[] => seen.flatMap(({ findings }) => findings.faults);

test('an untouched disk starts what it holds, with its settings', async () => {
  const [{ findings } = {}] = await inspectAll(() => Promise.resolve());
  expect(findings).toMatchObject({
    slots: [{ name: 'A', version: '1.0.0' }],
    settings: { motd: 'old' },
    faults: [],
  });
});

describe('an update', () => {
  const activate = async (disk: RecordedDisk, flushBetween: boolean): Promise<void> => {
    for (const { offset, bytes } of tables({ A: GOOD, B: TO_TRY }, { A: OLD, B: NEW })) {
      await write(disk, offset, bytes);
      if (flushBetween) await flush(disk);
    }
  };

  test('that flushes the slot, then each copy of the table, leaves only good states', async () => {
    const seen = await inspectAll(async (disk) => {
      await writeSlotB(disk, NEW);
      await flush(disk);
      await activate(disk, true);
    });
    expect(faultsOf(seen)).toEqual([]);
    const tried = seen.map(({ findings }) => findings.slots.map(({ version }) => version).join());
    expect(new Set(tried)).toEqual(new Set(['1.0.0', '2.0.0,1.0.0']));
  });

  test('is invisible until its slot may be tried: all those states are one to a reader', async () => {
    const seen = await inspectAll((disk) => writeSlotB(disk, NEW));
    expect(seen.length).toBeGreaterThan(5);
    expect(new Set(seen.map(({ findings }) => findings.readerClass)).size).toBe(1);
  });

  test('whose slot may be tried before it is on the disk is found out', async () => {
    const seen = await inspectAll(async (disk) => {
      await activate(disk, true);
      await writeSlotB(disk, NEW);
    });
    expect(faultsOf(seen)).toContain('The loader may try slot B, which holds no known version whole.');
  });

  test('that does not flush between both copies of the table is found out', async () => {
    const seen = await inspectAll(async (disk) => {
      await writeSlotB(disk, NEW);
      await flush(disk);
      await activate(disk, false);
    });
    expect(faultsOf(seen).join('\n')).toMatch(
      /has no intact partition table\. The primary copy .*; the backup copy/,
    );
  });
});

test('a slot of the right content, but with names that its kernel does not look for, is not whole', async () => {
  const seen = await inspectAll(async (disk) => {
    for (const { offset, bytes } of tables({ A: GOOD, B: 0n }, { A: NEW })) {
      await write(disk, offset, bytes);
      await flush(disk);
    }
  });
  expect(faultsOf(seen)).toContain('The loader may try slot A, which holds no known version whole.');
});

describe('PRIVATE', () => {
  test('tells the settings of the state, old or new', async () => {
    const content = await privateWith({ motd: 'new' });
    const seen = await inspectAll(async (disk) => {
      await flush(disk);
      await write(disk, PLACES['BOTTLEROCKET-PRIVATE'] * MIB, content);
      await flush(disk);
    });
    expect(seen.at(0)?.findings.settings).toEqual({ motd: 'old' });
    expect(seen.map(({ findings }) => findings.settings)).toContainEqual({ motd: 'new' });
  });

  test.each([
    [
      'a store that was cut short',
      () => privateWith('{"format":1,"live":{"mo'),
      /store\.json is no settings store/,
    ],
    ['no file system any more', () => Buffer.alloc(4 * MIB), /BOTTLEROCKET-PRIVATE can't be mended/],
  ])('with %s is a fault', async (_what, content, fault) => {
    const bytes = await content();
    const seen = await inspectAll((disk) => write(disk, PLACES['BOTTLEROCKET-PRIVATE'] * MIB, bytes));
    expect(faultsOf(seen).join('\n')).toMatch(fault);
  });
});
