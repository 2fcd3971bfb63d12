import { expect, test } from 'vitest';

import { diagnose } from './crash-patterns.ts';
import { Speakers } from './speaker.ts';

test.each([
  ['panic', 'fatal', '[    1.200000] Kernel panic - not syncing: VFS: Unable to mount root fs'],
  ['oops', 'fatal', '[    9.000000] Oops: 0002 [#1] PREEMPT SMP NOPTI'],
  ['oops', 'fatal', '[    9.000000] Internal error: Oops: 0000000096000045 [#1] SMP'],
  ['oops', 'fatal', 'Oops: general protection fault, probably for non-canonical address 0xdead: 0000 [#1]'],
  ['bug', 'fatal', 'BUG: kernel NULL pointer dereference, address: 0000000000000000'],
  ['bug', 'fatal', 'kernel BUG at fs/ext4/inode.c:2742!'],
  ['soft-lockup', 'noted', 'watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [systemd:1]'],
  ['hard-lockup', 'fatal', 'watchdog: Watchdog detected hard LOCKUP on cpu 1'],
  ['hung-task', 'noted', 'INFO: task jbd2/vda13-8:77 blocked for more than 122 seconds.'],
  ['rcu-stall', 'noted', 'rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:'],
  ['rcu-stall', 'noted', 'rcu: INFO: rcu_sched self-detected stall on CPU'],
  ['verity-corruption', 'fatal', 'device-mapper: verity: 254:4: data block 77 is corrupted'],
  ['verity-corruption', 'fatal', 'device-mapper: verity: 254:4: metadata block 1 is corrupted'],
  ['out-of-memory', 'noted', 'Out of memory: Killed process 77 (apiserver) total-vm:1kB'],
  ['unit-failed', 'noted', 'Failed to start early-boot-config.service - Apply user-data.'],
  ['emergency-mode', 'fatal', 'You are in emergency mode. After logging in, type "journalctl -xb"'],
])('%s (%s): %s', (kind, severity, line) => {
  expect(diagnose(new Speakers().of(line))).toMatchObject({ kind, severity });
});

test.each([
  'Booting Linux on physical CPU 0x0',
  'Linux version 7.3.4 (SPARKLER@BUILD) #1 SMP PREEMPT_DYNAMIC',
  'Command line: ro panic=10 panic_on_oops=1 oops=panic',
  'rcu: RCU restricting CPUs from NR_CPUS=64 to nr_cpu_ids=2.',
  'device-mapper: verity: sha256 using "sha256-generic"',
  'NMI watchdog: Enabled. Permanently consumes one hw-PMU counter.',
  'Started apiserver.service - Host API server.',
])('a healthy line: %s', (text) => {
  expect(diagnose({ speaker: 'unknown', text })).toBeUndefined();
});

test.each([
  '[    1.000000] BUG: x[77]: segfault at 0 ip 0000 sp 0000 error 4',
  '[    1.000000] systemd[1]: Hostname set to <BUG: x>.',
  '[    1.000000] systemd[1]: BUG: x',
  '[    1.000000] audit: type=1400 comm="Kernel panic - not syncing"',
  '[    1.000000] Failed to start something, says the kernel',
])('not by whom it seems to be said: %s', (line) => {
  expect(diagnose(new Speakers().of(line))).toBeUndefined();
});
