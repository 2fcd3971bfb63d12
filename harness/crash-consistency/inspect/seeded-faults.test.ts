import { describe, expect, test } from 'vitest';

import type { RecordedDisk } from '../recorded-disk.ts';
import {
  faultsOf,
  flush,
  inspectAll,
  NEW,
  OLD,
  write,
  writePart,
  writeSlotB,
} from '../testing/inspected-disk.ts';
import { GOOD, PLACES, privateWith, tables, TO_TRY, VALID } from '../testing/os-disk.ts';

type Script = (disk: RecordedDisk) => Promise<void>;

const NOT_WHOLE = /may try slot B, which holds no known version whole/;
const writesOf = (word: bigint): [Script, Script] =>
  tables({ A: GOOD, B: word }, { A: OLD, B: NEW }).map(
    ({ offset, bytes }): Script =>
      (disk) =>
        write(disk, offset, bytes),
  ) as [Script, Script];
const [backup, primary] = writesOf(TO_TRY);
const [validBackup, validPrimary] = writesOf(VALID);
const root: Script = (disk) => writePart(disk, 'root', NEW.root);
const boot: Script = (disk) => writePart(disk, 'boot', NEW.boot);
const hash: Script = (disk) => writePart(disk, 'hash', NEW.hash);
/** The same clusters at other places, which is what writing files leaves. */
const bootByFiles: Script = (disk) =>
  writePart(disk, 'boot', Buffer.concat([NEW.boot.subarray(4096), NEW.boot.subarray(0, 4096)]));

const inOrder =
  (...steps: Script[]): Script =>
  async (disk) => {
    for (const step of steps) await step(disk);
  };

describe('an updater that', () => {
  test.each([
    [
      'brings each part to the disk before the next',
      inOrder(root, flush, boot, flush, hash, flush, backup, flush, primary, flush),
    ],
    [
      'leaves its slot to the flush of the backup table, as the trusted table is the old one until then',
      inOrder((disk) => writeSlotB(disk, NEW), backup, flush, primary, flush),
    ],
  ])('%s leaves only states that start', async (_what, script) => {
    const seen = await inspectAll(script);
    expect(faultsOf(seen)).toEqual([]);
    const tried = seen.map(({ findings }) => findings.slots.map(({ version }) => version).join());
    expect(new Set(tried)).toEqual(new Set(['1.0.0', '2.0.0,1.0.0']));
  });

  test.each([
    [
      'does not flush between both copies of the table',
      inOrder(root, boot, hash, flush, backup, primary, flush),
      /has no intact partition table\. The primary copy .*; the backup copy/,
    ],
    [
      'does not flush BOOT before its slot may be tried',
      inOrder(root, hash, flush, backup, flush, boot, primary, flush),
      NOT_WHOLE,
    ],
    [
      'does not flush BOOT before its slot is marked valid, though before it may be tried',
      inOrder(
        ...[root, hash, flush, validBackup, flush, boot, validPrimary, flush],
        ...[backup, flush, primary, flush],
      ),
      /Slot B is marked valid, which holds no known version whole/,
    ],
    [
      'writes BOOT file by file',
      inOrder(root, bootByFiles, hash, flush, backup, flush, primary, flush),
      NOT_WHOLE,
    ],
    [
      'lets the slot be tried before its hash is on the disk',
      inOrder(root, boot, flush, backup, flush, primary, flush, hash, flush),
      NOT_WHOLE,
    ],
  ])('%s is found out', async (_what, script, fault) => {
    expect(faultsOf(await inspectAll(script)).join('\n')).toMatch(fault);
  });
});

describe('a commit of settings that', () => {
  /** @returns what the message of the day may be after a cut behind the answer. */
  async function motdsAfter(...beforeTheAnswer: Script[]): Promise<Set<unknown>> {
    const committed = await privateWith({ motd: 'new' });
    const script = inOrder(
      (disk) => write(disk, PLACES['BOTTLEROCKET-PRIVATE'] * 2 ** 20, committed),
      ...beforeTheAnswer,
      (disk) => {
        disk.mark('answered');
        return Promise.resolve();
      },
    );
    const seen = await inspectAll(script, { from: 'answered' });
    return new Set(seen.map(({ findings }) => findings.settings?.['motd']));
  }

  test('is flushed before it is answered outlives every cut', async () => {
    expect(await motdsAfter(flush)).toEqual(new Set(['new']));
  });

  test('is answered without a flush can be lost', async () => {
    expect(await motdsAfter()).toContain('old');
  });
});
