import { execFileSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { scratchDirectory } from '../../util/testing/scratch.ts';
import type { LifeRecord } from '../life.ts';
import { SAMPLE_REPORT } from '../render/testing/sample-report.ts';
import { consoleLog } from './console.ts';
import { readExcerpt } from './excerpt.ts';
import { journalLog } from './journal.ts';
import { readLogs } from './read.ts';
import { readScreen } from './screen.ts';

const whole = (head: string) => ({ head, tail: '', omittedBytes: 0 });

function life(startMs: number, forked = false): LifeRecord {
  return {
    ...{ vm: 'a', target: 't', startMs, durationMs: null, forked, failureExpected: false },
    ...{ boots: [], findings: [] },
  };
}

describe('an excerpt', () => {
  test('has whole lines of both ends, and counts what it lacks', async () => {
    const path = (await scratchDirectory())('log');
    const lines = Array.from({ length: 100 }, (_, index) => `line ${index}\n`);
    await writeFile(path, lines.join(''));
    const maxBytes = 200;
    const excerpt = await readExcerpt(path, maxBytes);
    const { head = '', tail = '', omittedBytes } = excerpt ?? {};
    expect(lines.join('')).toMatch(new RegExp(`^${head}`));
    expect(lines.join('').endsWith(tail)).toBe(true);
    expect([head.endsWith('\n'), tail.startsWith('line ')]).toEqual([true, true]);
    expect(tail.length).toBeGreaterThan(head.length);
    expect(head.length + tail.length + (omittedBytes ?? 0)).toBe(lines.join('').length);
    expect(head.length + tail.length).toBeLessThanOrEqual(maxBytes);
    expect(await readExcerpt(path, 10_000)).toEqual(whole(lines.join('')));
  });

  test('is of a file only, not of what a link leads to', async () => {
    const directory = (await scratchDirectory())('.');
    await symlink('/etc/passwd', join(directory, 'link'));
    execFileSync('mkfifo', [join(directory, 'fifo')]);
    for (const name of ['link', 'fifo', 'nothing', '.'])
      expect(await readExcerpt(join(directory, name), 100), name).toBeUndefined();
  });
});

test('a screen is a PNG that a page can bear, in a file', async () => {
  const scratch = await scratchDirectory();
  const png = Buffer.from('\x89PNG\r\n\x1a\nrest', 'latin1');
  await writeFile(scratch('screen.png'), png);
  await writeFile(scratch('other'), '<svg onload="alert(1)"></svg>');
  await symlink(scratch('screen.png'), scratch('link'));
  expect(await readScreen(scratch('screen.png'), png.length)).toEqual(png);
  expect(await readScreen(scratch('screen.png'), png.length - 1)).toBeUndefined();
  for (const name of ['other', 'link', 'nothing'])
    expect(await readScreen(scratch(name), 100), name).toBeUndefined();
});

describe('lines of a console', () => {
  const stamps = (...seconds: readonly string[]): string =>
    seconds.map((one) => `[${one.padStart(9)}] said\n`).join('');
  const timesOf = (text: string, lives: readonly LifeRecord[]): (number | null)[] =>
    consoleLog(whole(text), lives).lines.map(({ atMs }) => atMs);

  test('of a later start count from the first one', () => {
    expect(timesOf(stamps('0.500', '9.000', '0.100', '0.100'), [life(1000), life(11_000)])).toEqual([
      500, 9000, 10_100, 10_100,
    ]);
  });

  test('from before a fork was one have no time', () => {
    expect(timesOf(stamps('0.500', '9.000', '0.100'), [life(1000, true)])).toEqual([null, null, 100]);
  });

  test('without a stamp, or of a machine without a life, have no time', () => {
    expect(timesOf('half a line\n[  1.000] all\n', [life(0)])).toEqual([null, 1000]);
    expect(timesOf(stamps('0.500'), [])).toEqual([null]);
  });

  test('after a gap are those of the last life', () => {
    const excerpt = { head: stamps('0.500'), tail: stamps('7.000', '0.250'), omittedBytes: 9 };
    const { lines, gap } = consoleLog(excerpt, [life(0), life(5000), life(20_000)]);
    expect(lines.map(({ atMs }) => atMs)).toEqual([500, 12_000, 20_250]);
    expect(gap).toEqual({ before: 1, bytes: 9 });
  });

  test('are any text, without control characters and of bounded length', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const line of consoleLog(whole(text), [life(0)]).lines)
          // eslint-disable-next-line no-control-regex -- what a terminal acts on
          expect(line.text).not.toMatch(/[\u0000-\u0008\u001b]/);
      }),
    );
    expect(consoleLog(whole('x'.repeat(9999)), []).lines[0]?.text.length).toBeLessThan(2100);
  });
});

test('entries of a journal have times while the machine was there', () => {
  const entry = (ms: number, message: string): string =>
    JSON.stringify({
      ...{ __REALTIME_TIMESTAMP: String(ms * 1000), __MONOTONIC_TIMESTAMP: '1', _BOOT_ID: 'b' },
      ...{ SYSLOG_IDENTIFIER: 'kernel', MESSAGE: message },
    });
  const text = [
    entry(10_500, 'in it'),
    'no entry',
    entry(5, 'of another clock'),
    entry(9_500, 'rounded'),
    entry(22_000, 'late'),
  ];
  expect(journalLog(whole(text.join('\n')), { fromMs: 10_000, toMs: 20_000 }).lines).toEqual([
    { atMs: 500, text: 'kernel: in it' },
    { atMs: null, text: 'kernel: of another clock' },
    { atMs: 0, text: 'kernel: rounded' },
    { atMs: null, text: 'kernel: late' },
  ]);
  expect(journalLog(whole(text[0] ?? ''), null).lines[0]?.atMs).toBeNull();
});

test('a screen is read where a machine left one', async () => {
  const scratch = await scratchDirectory();
  const png = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  await mkdir(scratch('vms/a'), { recursive: true });
  await writeFile(scratch('vms/a/screen.png'), png);
  const vm = { ...{ id: 'a', target: 't', consoleTail: [] }, directory: 'vms/a' };
  const screenOf = async (files: string[]) =>
    (await readLogs({ ...SAMPLE_REPORT, vms: [{ ...vm, files }] }, scratch('.'))).get('a')?.screen;
  expect(await screenOf(['screen.png'])).toEqual(png);
  expect(await screenOf([])).toBeNull();
});

test('60 MB of logs share what a page can bear', async () => {
  const directory = (await scratchDirectory())('.');
  const vms = Array.from({ length: 40 }, (_, index) => ({
    ...{ id: `vm-${index}`, target: 't', consoleTail: [] },
    ...{ directory: `vms/vm-${index}`, files: ['console.log'] },
  }));
  for (const vm of vms) {
    await mkdir(join(directory, vm.directory), { recursive: true });
    await writeFile(join(directory, vm.directory, 'console.log'), 'a line of a log\n'.repeat(100_000));
  }
  const logs = await readLogs({ ...SAMPLE_REPORT, vms, lives: [] }, directory);
  const bytes = [...logs.values()].map(({ console }) =>
    (console?.lines ?? []).reduce((sum, { text }) => sum + text.length + 1, 0),
  );
  expect(bytes[0]).toBe(1_600_000);
  expect(Math.min(...bytes)).toBeGreaterThan(10_000);
  expect(bytes.reduce((sum, one) => sum + one)).toBeLessThan(26 * 2 ** 20);
});
