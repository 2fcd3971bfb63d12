import type { RunReport, TestRecord } from '../../schema.ts';

const passed: TestRecord = {
  suite: 'boot',
  file: 'boot/phases.suite.ts',
  target: 'metal-containerd/x86_64',
  repetition: 1,
  promise: 'the machine is ready in time',
  state: 'passed',
  skipReason: null,
  startMs: 12_000,
  durationMs: 9876,
  failures: [],
  quarantine: null,
  steps: [
    { name: 'boot boot-1', startMs: 12_000, durationMs: 8000, error: null },
    { name: 'ask for the boot times', startMs: 20_000, durationMs: 500, error: null },
  ],
  measurements: [{ name: 'firmware', unit: 'ms', samples: [1520, 1490, 1610] }],
  vms: ['boot-1'],
};

/** A run with one of everything, and with text that would break careless markup. */
export const SAMPLE_REPORT: RunReport = {
  reportVersion: 2,
  verdict: 'failed',
  startedAt: '2026-11-22T21:05:12.000Z',
  durationMs: 83_000,
  commandLine: 'npm test -- --suite boot,api',
  commit: { id: '0123456789abcdef0123456789abcdef01234567', modified: true },
  host: { system: 'Linux 6.1.0 x64', node: '20.19.0', cpus: 2, memoryMiB: 8192 },
  targets: [
    {
      name: 'metal-containerd/x86_64',
      arch: 'x86_64',
      variant: 'metal-containerd',
      image: {
        path: '/cache/image.json',
        name: 'Sparkler',
        version: '1.0.0',
        sha256: ['ab'.repeat(32)],
        capabilities: ['bridge', 'verity-root'],
      },
      qemu: { path: '/usr/bin/qemu-system-x86_64', version: '7.2.0' },
      firmware: { path: '/usr/share/OVMF/OVMF_CODE_4M.fd', sha256: 'cd'.repeat(32) },
      accelerator: { name: 'tcg', reason: '/dev/kvm runs no guest' },
    },
  ],
  tests: [
    passed,
    {
      ...passed,
      promise: 'a flipped bit never reaches a reader',
      state: 'failed',
      failures: [
        {
          name: 'AssertionError',
          message: 'expected "<b>" to be "&"\nsecond line',
          stack: 'AssertionError: expected "<b>" to be "&"\n    at /src/boot.suite.ts:3:4',
          infrastructure: false,
        },
      ],
      steps: [{ name: 'read the block', startMs: 30_000, durationMs: null, error: 'EIO' }],
      measurements: [],
      vms: ['boot-2'],
    },
    {
      ...passed,
      suite: 'api',
      file: 'api/user-data.suite.ts',
      promise: 'user-data comes from a CD-ROM',
      state: 'skipped',
      skipReason: 'the image lacks user-data.cd-rom',
      durationMs: 0,
      steps: [],
      measurements: [],
      vms: [],
    },
    {
      ...passed,
      suite: 'api',
      file: 'api/user-data.suite.ts',
      promise: 'settings survive',
      state: 'failed',
      failures: [{ name: 'InfrastructureError', message: 'QEMU died', stack: null, infrastructure: true }],
      steps: [],
      measurements: [],
      vms: [],
    },
  ],
  fileSteps: [
    {
      name: 'boot boot-2',
      startMs: 21_000,
      durationMs: 9000,
      error: null,
      file: 'boot/phases.suite.ts',
      target: 'metal-containerd/x86_64',
    },
  ],
  vms: [
    {
      id: 'boot-2',
      target: 'metal-containerd/x86_64',
      directory: 'vms/boot-2',
      files: ['console.log', 'qemu.argv'],
      consoleTail: ['device-mapper: verity: data block 3 is corrupted', '\u001b[31m<panic>\u001b[0m \u0007'],
    },
  ],
  remarks: ['boot/phases.suite.ts was reported <twice>'],
};
