import { expect, test } from 'vitest';

import { diagnoseLines, printed } from '../testing/diagnose-lines.ts';
import { describeReports } from '../testing/describe-reports.ts';

describeReports([
  ['out-of-memory', 'note', 'out of memory', 'Out of memory: Killed process 77 (apiserver) total-vm:1kB'],
  [
    'out-of-memory',
    'note',
    'memory cgroup out of memory',
    'Memory cgroup out of memory: Killed process 77 (app) total-vm:1kB',
  ],
  [
    'verity-corruption',
    'fatal',
    'dm-verity: data block is corrupted',
    'device-mapper: verity: 254:4: data block 77 is corrupted',
  ],
  [
    'verity-corruption',
    'fatal',
    'dm-verity: metadata block is corrupted',
    'device-mapper: verity: 254:4: metadata block 1 is corrupted',
  ],
  [
    'file-system-error',
    'failure',
    'EXT4-fs error in ext4_lookup',
    'EXT4-fs error (device vda13): ext4_lookup:1785: inode #2: comm app: bad extra_isize',
  ],
  [
    'file-system-error',
    'failure',
    'XFS: Corruption',
    'XFS (vda13): Corruption of in-memory data (0x8) detected at xfs_x+0x1/0x2',
  ],
  [
    'unit-failed',
    'note',
    'unit failed to start: early-boot-config.service',
    'systemd[1]: Failed to start early-boot-config.service - Apply user-data.',
  ],
  [
    'emergency-mode',
    'fatal',
    'emergency mode',
    'systemd[1]: Reached target emergency.target - Emergency Mode.',
  ],
]);

test.each([
  [
    '#GP - General Protection in VariableDxe',
    '!!!! X64 Exception Type - 0D(#GP - General Protection)  CPU Apic ID - 00000000 !!!!\n!!!! Find image based on IP(0x7E4A1234) /build/VariableDxe.dll (ImageBase=0000, EntryPoint=0000) !!!!',
  ],
  ['Synchronous', 'Synchronous Exception at 0x000000013F5C1A34'],
])('firmware exception: %s', (name, report) => {
  expect(diagnoseLines(report.split('\n'))).toMatchObject([
    { kind: 'firmware-exception', severity: 'fatal', title: `firmware exception: ${name}` },
  ]);
});

test.each([
  'Booting Linux on physical CPU 0x0',
  'Command line: ro panic=10 panic_on_oops=1 oops=panic',
  'rcu: RCU restricting CPUs from NR_CPUS=64 to nr_cpu_ids=2.',
  'device-mapper: verity: sha256 using "sha256-generic"',
  'NMI watchdog: Enabled. Permanently consumes one hw-PMU counter.',
  'INFO: lockdep is turned off.',
  'INFO: NMI handler (perf_event_nmi_handler) took too long to run: 2.1 msecs',
  'WARNING: a mount option is deprecated',
  'EXT4-fs (vda13): mounted filesystem with ordered data mode.',
  'EXT4-fs (vda13): INFO: recovery required on readonly filesystem',
  'systemd[1]: Started apiserver.service - Host API server.',
  '---[ end Kernel panic - not syncing: Fatal exception ]---',
])('a healthy line: %s', (text) => {
  expect(diagnoseLines(printed(text))).toEqual([]);
  expect(diagnoseLines([text])).toEqual([]);
});
