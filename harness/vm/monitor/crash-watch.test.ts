import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect, onTestFinished, test, vi } from 'vitest';

import type { QemuExit } from '../../qemu/failure.ts';
import { Deadline } from '../../util/deadline.ts';
import { deferred } from '../../util/deferred.ts';
import { ImageError, InfrastructureError } from '../../util/errors.ts';
import { CrashWatch, type CrashWatchOptions } from './crash-watch.ts';
import { GuestCrashError } from './verdict/crash-error.ts';
import { describeEvidence } from './evidence.ts';
import { guardCalls } from './verdict/guard-calls.ts';
import { Health } from './verdict/health.ts';
import { settle } from './verdict/settle.ts';
import {
  FROM_INIT,
  FROM_KERNEL,
  scriptedMachine,
  type ScriptedMachine,
} from '../testing/scripted-machine.ts';

const LONG_MS = 60_000;
const long = (): Deadline => Deadline.after(LONG_MS, 'what never comes');

interface Watched extends ScriptedMachine {
  readonly health: Health;
  readonly watch: CrashWatch;
}

async function watched(options: CrashWatchOptions = {}): Promise<Watched> {
  const machine = await scriptedMachine();
  const { directory, connections } = machine;
  const evidence = (): string =>
    describeEvidence({ directory, ...connections, noted: watch.noted, stalls: { samples: [] } });
  const health = new Health(evidence);
  const watch: CrashWatch = new CrashWatch(connections, health, evidence, options);
  onTestFinished(() => {
    watch.stop();
  });
  return { ...machine, health, watch };
}

describe('a panic on the console', () => {
  test('ends a wait for the API within two seconds, with what came after it', async () => {
    const { connections, health, say, directory } = await watched();
    // The time from the panic to the verdict is the test's own, whatever the host does.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const api = guardCalls(connections.api, health);
    const wait = api.tx.list({ deadline: long() });
    say('Kernel panic - not syncing: Attempted to kill init!\n');
    await connections.console.waitFor(/Kernel panic/, long());
    vi.advanceTimersByTime(500);
    say('Call Trace:\n dump_stack_lvl+0x4d\n');
    await connections.console.waitFor(/dump_stack/, long());
    expect(health.failure).toBeUndefined();
    vi.advanceTimersByTime(1000);
    await expect(wait).rejects.toThrow(GuestCrashError);
    await expect(wait).rejects.toThrow(/crashed: kernel panic.*Attempted to kill init!.*\| +dump_stack_lvl/s);
    await expect(wait).rejects.toThrow(directory.path);
  });

  test('makes every later call fail with the same reason', async () => {
    const { connections, health, say } = await watched();
    say('Kernel panic - not syncing: first\n');
    const first: unknown = await health.failed.catch((error: unknown) => error);
    say('Kernel panic - not syncing: second\n');
    const console = guardCalls(connections.console, health);
    await expect(console.waitFor(/anything/, long())).rejects.toBe(first);
    expect(console.tail(2).join()).toMatch(/first/);
  });
});

test.each([
  ['GUEST_PANICKED', { action: 'pause' }, /guest reported a panic \(pvpanic\)/],
  ['WATCHDOG', { action: 'reset' }, /watchdog expired/],
  ['RESET', { guest: true, reason: 'guest-reset' }, /it reset itself/],
  ['SHUTDOWN', { guest: true, reason: 'guest-shutdown' }, /it switched itself off/],
])('QMP event %s is the guest’s failure', async (event, data, message) => {
  const { health, raise } = await watched();
  raise(event, data);
  await expect(health.failed).rejects.toThrow(message);
  expect(health.failure).toBeInstanceOf(ImageError);
});

test('a full disk of the host is the host’s failure', async () => {
  const { health, raise } = await watched();
  raise('BLOCK_IO_ERROR', { operation: 'write', nospace: true, reason: 'No space left on device' });
  await expect(health.failed).rejects.toThrow(
    /failed to write the machine's disk: No space left.*\n.*is full/,
  );
  expect(health.failure).toBeInstanceOf(InfrastructureError);
});

test('an announced reset is no failure, the next one is', async () => {
  const { health, watch, raise } = await watched();
  watch.expect('RESET');
  raise('RESET');
  await sleep(800);
  expect(health.failure).toBeUndefined();
  raise('RESET');
  await expect(health.failed).rejects.toThrow(/it reset itself/);
});

test('what a test may cause itself is noted once, and shown with the next expired wait', async () => {
  const { connections, health, watch, log, say } = await watched();
  const failed = 'Failed to start early-boot-config.service - Apply user-data.';
  log('systemd', failed, FROM_INIT);
  say(`[    9.1] systemd[1]: ${failed}\n`);
  log('some-app', 'Kernel panic - not syncing: a joke of an application');
  await connections.console.waitFor(/early-boot-config/, long());
  await sleep(800);
  expect(health.failure).toBeUndefined();
  expect(watch.noted.map(({ kind }) => kind)).toEqual(['unit-failed']);
  const vain = health.guard(connections.console.waitFor(/never/, Deadline.after(50, 'a word')));
  await expect(vain).rejects.toThrow(
    /Timed out after 50 ms waiting for a word.*Noted before \(unit-failed\).*The machine's directory/s,
  );
});

test('verity corruption and the reset that follows are one failure with both', async () => {
  const { health, log, raise } = await watched();
  log('kernel', 'device-mapper: verity: 254:4: data block 77 is corrupted', FROM_KERNEL);
  raise('RESET');
  await expect(health.failed).rejects.toThrow(
    /crashed: dm-verity: data block is corrupted .*data block 77 is corrupted\)\n +then: it reset itself/,
  );
});

test('QEMU’s own death comes before the connections that it broke', async () => {
  const { connections, health, watch, hangUp } = await watched();
  const api = guardCalls(connections.api, health);
  const wait = api.tx.list({ deadline: long() });
  hangUp();
  await sleep(200);
  watch.qemuExited({ code: undefined, signal: 'SIGSEGV', intended: false, stderrTail: 'oops' });
  await expect(wait).rejects.toThrow(/QEMU was ended by SIGSEGV while its machine was running/);
});

test('a shutdown that was asked for, and the end of QEMU after it, are no failure', async () => {
  const { connections, health, watch, raise } = await watched();
  watch.expect('SHUTDOWN');
  const shutdown = connections.qmp.waitForEvent('SHUTDOWN', long());
  raise('SHUTDOWN', { guest: true, reason: 'guest-shutdown' });
  await shutdown;
  await sleep(800);
  watch.qemuExited({ code: 0, signal: undefined, intended: false, stderrTail: '' });
  expect(health.failure).toBeUndefined();
});

test('a crash that is provoked is kept, and fails the machine no more than it failed before', async () => {
  const { connections, health, watch, say, raise } = await watched();
  const trouble = watch.tolerate();
  say('Kernel panic - not syncing: provoked\n');
  await connections.console.waitFor(/provoked/, long());
  raise('RESET');
  await expect.poll(() => trouble.map(({ kind }) => kind)).toEqual(['panic', 'unexpected-reset']);
  await sleep(800);
  expect(health.failure).toBeUndefined();
  watch.tolerateNoMore();
  raise('WATCHDOG');
  await expect(health.failed).rejects.toThrow(/crashed: watchdog expired\n(?!.*then)/);
});

test('a line that the profile calls harmless is no sign', async () => {
  const { health, say } = await watched({ harmless: [/BUG: known/] });
  say('BUG: known and harmless\n');
  say('BUG: unknown\n');
  await expect(health.failed).rejects.toThrow(/The machine crashed: BUG: unknown\n/);
});

describe('what others let the machine say is no word of the kernel', () => {
  test.each([
    ['an application', 'kernel', {}],
    ['a setting that systemd repeats', 'systemd', FROM_INIT],
    ['a program that writes to /dev/kmsg', 'kernel', { _TRANSPORT: 'kernel', SYSLOG_FACILITY: '1' }],
  ])('in the journal: %s', async (_who, identifier, fields) => {
    const { connections, health, log, watch } = await watched();
    log(identifier, 'BUG: x', fields);
    log('end', 'end');
    await connections.journal.waitFor(({ message }) => message === 'end', long());
    await watch.judged;
    expect(health.failure).toBeUndefined();
  });

  test('on the console', async () => {
    const { connections, health, say, watch } = await watched();
    say('[    1.000000] Linux version 7.3.4\n');
    say('BUG: x login: \n');
    say('[    2.000000] systemd[1]: Hostname set to <x>.\n[    2.100000] app[77]: BUG: x\nend\n');
    await connections.console.waitFor(/end/, long());
    await watch.judged;
    expect(health.failure).toBeUndefined();
    say('BUG: x login: [    3.000000] BUG: unable to handle page fault\n');
    await expect(health.failed).rejects.toThrow(/crashed: BUG: unable to handle/);
  });

  test('but another boot’s kernel may print no times', async () => {
    const { connections, health, say, watch, raise } = await watched();
    say('[    1.000000] Linux version 7.3.4\n');
    await connections.console.waitFor(/Linux version/, long());
    watch.expect('RESET');
    const reset = connections.qmp.waitForEvent('RESET', long());
    raise('RESET');
    await reset;
    say('BUG: unable to handle page fault\n');
    await expect(health.failed).rejects.toThrow(/crashed: BUG: unable to handle/);
  });
});

describe('a crash in the last moment', () => {
  const ENDED = { code: 0, signal: undefined, intended: false, stderrTail: '' };

  test('is reported before the end of QEMU that it causes', async () => {
    const { connections, health, watch, say } = await watched();
    say('Kernel panic - not syncing: the last word\n');
    await connections.console.waitFor(/last word/, long());
    watch.qemuExited(ENDED);
    expect(health.failure?.message).toMatch(/crashed: kernel panic.*the last word/);
  });

  test('counts during a shutdown that was asked for', async () => {
    const { connections, health, watch, say, raise } = await watched();
    watch.expect('SHUTDOWN');
    say('Kernel panic - not syncing: while going down\n');
    await connections.console.waitFor(/going down/, long());
    raise('SHUTDOWN', { guest: true, reason: 'guest-panic' });
    await expect(health.failed).rejects.toThrow(/crashed: kernel panic.*going down/);
  });

  test.each(['panic', 'event', 'end'] as const)('is judged before the machine is left: %s', async (what) => {
    const { connections, health, watch, say, raise, hangUpQmp } = await watched();
    const exited = deferred<QemuExit>();
    void exited.promise.then((exit) => {
      watch.qemuExited(exit);
    });
    if (what === 'panic') say('Kernel panic - not syncing: too late\n');
    if (what === 'event') raise('RESET', { guest: true, reason: 'guest-reset' });
    if (what === 'end') {
      hangUpQmp();
      setTimeout(() => {
        exited.resolve({ ...ENDED, code: undefined, signal: 'SIGKILL' });
      }, 200);
    }
    await settle({ process: { exited: exited.promise }, connections }, watch);
    expect(health.failure?.message).toMatch(/too late|reset itself|SIGKILL/);
  });
});
