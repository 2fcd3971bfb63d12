import { existsSync, readdirSync, readlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { execa } from 'execa';
import { describe, expect, onTestFinished, test } from 'vitest';

import { deferred } from '../deferred.ts';
import { needPidNamespace, NEW_PID_NAMESPACE } from '../testing/namespace.ts';
import { otherProcess } from '../testing/other-process.ts';
import { scratchDirectory } from '../testing/scratch.ts';
import { isLocked, tryLock, withLock } from './lock.ts';

const HOLD_LOCK = join(import.meta.dirname, 'testing/hold-lock.ts');
const holder = (path: string, wrapper: readonly string[] = []) =>
  otherProcess(HOLD_LOCK, { args: [path], wrapper });

describe('a lock', () => {
  test('has one holder, and its file goes when it is released', async () => {
    const scratch = await scratchDirectory();
    const path = scratch('deep/lock');
    const lock = await tryLock(path);
    expect(await tryLock(path)).toBeUndefined();
    expect(await isLocked(path)).toBe(true);
    expect(openFilesAt('self', path)).toBe(1);
    lock?.release();
    lock?.release();
    expect(existsSync(path)).toBe(false);
    expect(await isLocked(path)).toBe(false);
    (await tryLock(path))?.release();
  });

  test('can be had when its last holder left the file', async () => {
    const scratch = await scratchDirectory();
    const { kill } = await holder(scratch('lock'));
    expect(await isLocked(scratch('lock'))).toBe(true);
    await kill();
    expect(existsSync(scratch('lock'))).toBe(true);
    expect(await isLocked(scratch('lock'))).toBe(false);
    expect(await tryLock(scratch('lock'))).toBeDefined();
  });

  test('stays with a holder that is stopped, however long', async () => {
    const scratch = await scratchDirectory();
    const { signal } = await holder(scratch('lock'));
    signal('SIGSTOP');
    utimesSync(scratch('lock'), 1, 1);
    expect(await tryLock(scratch('lock'))).toBeUndefined();
  });

  test('is not inherited by the programs that its holder starts', async () => {
    const scratch = await scratchDirectory();
    const lock = await tryLock(scratch('lock'));
    const child = execa(process.execPath, ['--eval', 'setTimeout(() => {}, 600_000)'], { reject: false });
    onTestFinished(() => void child.kill('SIGKILL'));
    lock?.release();
    expect(openFilesAt(String(child.pid), scratch('lock'))).toBe(0);
  });

  test('holds across process namespaces, in which numbers mean other processes', async ({ skip }) => {
    await needPidNamespace(skip);
    const scratch = await scratchDirectory();
    const within = await holder(scratch('theirs'), NEW_PID_NAMESPACE);
    expect(within.said).toBe('locked');
    expect(await tryLock(scratch('theirs'))).toBeUndefined();

    await tryLock(scratch('ours'));
    const refused = await holder(scratch('ours'), NEW_PID_NAMESPACE);
    expect(refused.said).toBe('refused');

    await within.kill();
    await expect.poll(() => isLocked(scratch('theirs')), { timeout: 5000 }).toBe(false);
  });

  test('is of the file that others would lock, not of one just removed', async () => {
    const scratch = await scratchDirectory();
    const path = scratch('lock');
    let gotten = 0;
    while (gotten < 3) {
      const first = await tryLock(path);
      const trying = tryLock(path);
      // Between its opening of the file and the child's locking of it is some time, in which it is removed.
      while (openFilesAt('self', path) < 2) await sleep(0);
      first?.release();
      const second = await trying;
      if (second === undefined) continue;
      gotten += 1;
      expect(await tryLock(path)).toBeUndefined();
      second.release();
    }
  });

  test('is refused with the way to get it where the host has no flock', async () => {
    const scratch = await scratchDirectory();
    const { PATH } = process.env;
    onTestFinished(() => void (process.env['PATH'] = PATH));
    process.env['PATH'] = scratch('nothing');
    await expect(tryLock(scratch('lock'))).rejects.toThrow(/can't lock files.*package util-linux/s);
  });
});

describe('work under a lock', () => {
  test('waits for the work of another one, and says so once', async () => {
    const scratch = await scratchDirectory();
    const { signal } = new AbortController();
    const began: string[] = [];
    const end = deferred<undefined>();
    let notices = 0;
    const waiting = (): void => void (notices += 1);
    const first = withLock(scratch('lock'), signal, waiting, async () => {
      began.push('first');
      await end.promise;
    });
    await expect.poll(() => began).toEqual(['first']);
    const second = withLock(scratch('lock'), signal, waiting, async () =>
      Promise.resolve(began.push('second')),
    );
    await sleep(600);
    expect(began).toEqual(['first']);
    end.resolve(undefined);
    await Promise.all([first, second]);
    expect(began).toEqual(['first', 'second']);
    expect(notices).toBe(1);
  });

  test('does not begin when the wait for it is aborted', async () => {
    const scratch = await scratchDirectory();
    const controller = new AbortController();
    const lock = await tryLock(scratch('lock'));
    const waits = withLock(
      scratch('lock'),
      controller.signal,
      () => {
        controller.abort(new Error('interrupted'));
        lock?.release();
      },
      () => Promise.reject(new Error('began')),
    );
    await expect(waits).rejects.toThrow('interrupted');
  });

  test('that fails releases the lock', async () => {
    const scratch = await scratchDirectory();
    const { signal } = new AbortController();
    const fails = withLock(
      scratch('lock'),
      signal,
      () => undefined,
      () => Promise.reject(new Error('failed')),
    );
    await expect(fails).rejects.toThrow('failed');
    expect(readdirSync(scratch('.'))).toEqual([]);
  });
});

/** How often a process has the file open. */
function openFilesAt(pid: string, path: string): number {
  const directory = `/proc/${pid}/fd`;
  return readdirSync(directory).filter((name) => {
    try {
      return readlinkSync(join(directory, name)) === path;
    } catch {
      return false;
    }
  }).length;
}
