import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { hostArchitecture, type Architecture } from '../util/architecture.ts';
import { probeAccelerator, runProbeGuest } from './accelerator.ts';
import { findQemu, type QemuBinary } from './binary.ts';

const foreign: Architecture = hostArchitecture() === 'x86_64' ? 'aarch64' : 'x86_64';
const version = { major: 7, minor: 2, micro: 0 };

describe('the probe', () => {
  it.each(['x86_64', 'aarch64'] as const)('hears a guest that runs on %s', async (arch) => {
    expect(await runProbeGuest(await findQemu(arch), 'tcg', 60_000)).toBeGreaterThan(0);
  });

  it('knows at once that a foreign architecture is emulated', async () => {
    const choice = await probeAccelerator({ path: '/nowhere', arch: foreign, version });
    expect(choice).toEqual({
      accelerator: 'tcg',
      reason: expect.stringContaining(`emulate ${foreign}`) as unknown,
    });
  });

  it('decides for this host without a long wait', async () => {
    const qemu = await findQemu(hostArchitecture());
    const startedAt = performance.now();
    const { reason } = await probeAccelerator(qemu);
    expect(performance.now() - startedAt).toBeLessThan(20_000);
    expect(reason).not.toBe('');
  });

  it('asks once per emulator', async () => {
    const qemu = await findQemu(hostArchitecture());
    expect(probeAccelerator(qemu)).toBe(probeAccelerator(qemu));
  });
});

/** Emulators that go wrong in the ways of a broken KVM; the first two were seen on real hosts. */
describe('a guest that does not run', () => {
  let bin: string;
  beforeEach(async () => {
    bin = await mkdtemp(join(tmpdir(), 'hotfire-bin-'));
  });
  afterEach(async () => {
    await rm(bin, { recursive: true });
  });

  async function emulator(program: string): Promise<QemuBinary> {
    const path = join(bin, 'qemu');
    await writeFile(path, `#!${process.execPath}\n${program}\n`);
    await chmod(path, 0o755);
    return { path, arch: 'x86_64', version };
  }

  /** A QMP server that says what `status` is, and a guest that has said `said`. */
  const qmpServer = (status: string, said: string): string => `
    const net = require('node:net');
    require('node:fs').writeFileSync('said', ${JSON.stringify(said)});
    net.createServer((socket) => {
      // The probe may hang up before the answer is written.
      socket.on('error', () => undefined);
      socket.write('{"QMP":{"version":{"qemu":{"major":7,"minor":2,"micro":0}}}}\\n');
      socket.on('data', (bytes) => {
        for (const line of bytes.toString().trim().split('\\n')) {
          const { id, execute } = JSON.parse(line);
          const value = execute === 'query-status' ? { status: '${status}' } : {};
          socket.write(JSON.stringify({ return: value, id }) + '\\n');
        }
      });
    }).listen('qmp');`;

  it.each([
    [
      'because QEMU aborts',
      `console.error('failed to set MSR 0x10a'); process.abort()`,
      /SIGABRT[^]*MSR 0x10a/,
      60_000,
    ],
    ['because the virtual CPU stops', qmpServer('internal-error', ''), /QMP says "internal-error"/, 60_000],
    ['because it hangs half-way', qmpServer('running', 'SeaBIOS starts'), /had said "SeaBIOS starts"/, 1500],
    [
      'because QEMU never answers',
      'setInterval(() => {}, 1000)',
      /Timed out after 1500 ms waiting for a guest to run under kvm/,
      1500,
    ],
  ])('fails %s', async (_how, program, reason, timeoutMs) => {
    const qemu = await emulator(program);
    // A busy host may not get as far in the time of one probe.
    await vi.waitFor(() => expect(runProbeGuest(qemu, 'kvm', timeoutMs)).rejects.toThrow(reason), 60_000);
  });

  it('passes where it runs one', async () => {
    const healthy = await emulator(qmpServer('running', 'SeaBIOS\nNo bootable device.\n'));
    expect(await runProbeGuest(healthy, 'kvm', 60_000)).toBeGreaterThan(0);
  });
});
