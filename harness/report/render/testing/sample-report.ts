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
  reproduce: 'npm test -- --suite boot/phases --variant metal-containerd',
  steps: [
    { name: 'boot boot-1', startMs: 12_000, durationMs: 8000, error: null },
    { name: 'ask for the boot times', startMs: 20_000, durationMs: 500, error: null },
  ],
  measurements: [{ name: 'firmware', unit: 'ms', samples: [1520, 1490, 1610] }],
  vms: ['boot-1'],
};

/** A run with one of everything, and with text that would break careless markup. */
export const SAMPLE_REPORT: RunReport = {
  reportVersion: 3,
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
      reproduce: "npm test -- --suite api/user-data --suites '/a <b>'",
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
  lives: [
    {
      ...{ vm: 'boot-1', target: 'metal-containerd/x86_64', startMs: 12_000, durationMs: 9000 },
      ...{ forked: false, failureExpected: false, findings: [] },
      boots: [
        { startMs: 0, marks: { firmware: 300, loader: 1520, kernel: 1700, userspace: 3000, api: 7000 } },
      ],
    },
    {
      ...{ vm: 'boot-2', target: 'metal-containerd/x86_64', startMs: 21_000, durationMs: null },
      ...{ forked: false, failureExpected: false },
      boots: [
        { startMs: 0, marks: { firmware: 310, loader: 1490, kernel: 1680, userspace: 2900, ready: 7600 } },
        { startMs: 8200, marks: { firmware: 250 } },
      ],
      findings: [
        {
          ...{ kind: 'verity-corruption', severity: 'fatal', atMs: 8123 },
          title: 'verity: data block corrupted',
          text: 'device-mapper: verity: data block 3 is corrupted <script>',
        },
        {
          ...{ kind: 'oops', severity: 'fatal', atMs: 8200, title: 'BUG: NULL pointer in my_read' },
          text: 'BUG: kernel NULL pointer dereference, address: 0',
          trace: [
            'BUG: kernel NULL pointer dereference, address: 0',
            'RIP: 0010:my_read+0x8/0x40 at fs/my.c:12, inlined at fs/my.c:30 <script>',
          ],
        },
      ],
    },
  ],
  remarks: ['boot/phases.suite.ts was reported <twice>'],
};
