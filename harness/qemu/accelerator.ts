import { access, constants, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { dir as temporaryDirectory } from 'tmp-promise';
import { z } from 'zod';

import { runRoot } from '../process/run-root.ts';
import { hostArchitecture } from '../util/architecture.ts';
import { Deadline } from '../util/deadline.ts';
import { InfrastructureError, messageOf } from '../util/errors.ts';
import type { QemuBinary } from './binary.ts';
import { MACHINES } from './machines/index.ts';
import { optionString } from './argv/option-string.ts';
import type { Accelerator } from './argv/options.ts';
import { QemuProcess } from './process.ts';
import { QmpClient } from './qmp/client.ts';

export interface AcceleratorChoice {
  readonly accelerator: Accelerator;
  /** One line that says why. */
  readonly reason: string;
}

const PROBE_TIMEOUT_MS = 1500;
const LOOK_EVERY_MS = 20;
const KVM_DEVICE = '/dev/kvm';
const queryStatus = z.object({ status: z.string() });

const choices = new Map<string, Promise<AcceleratorChoice>>();

/** Whether guests run on this host's CPU. Found out by running one, once per process and QEMU. */
export function probeAccelerator(qemu: QemuBinary): Promise<AcceleratorChoice> {
  const known = choices.get(qemu.path);
  if (known !== undefined) return known;
  const choice = choose(qemu);
  choices.set(qemu.path, choice);
  return choice;
}

async function choose(qemu: QemuBinary): Promise<AcceleratorChoice> {
  if (qemu.arch !== hostArchitecture()) {
    return {
      accelerator: 'tcg',
      reason: `this host is ${hostArchitecture()} and can only emulate ${qemu.arch}`,
    };
  }
  try {
    await access(KVM_DEVICE, constants.R_OK | constants.W_OK);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const reason = missing ? 'does not exist' : 'is closed to this user (is it in the group kvm?)';
    return { accelerator: 'tcg', reason: `${KVM_DEVICE} ${reason}` };
  }
  try {
    const ms = await runProbeGuest(qemu, 'kvm', PROBE_TIMEOUT_MS);
    return { accelerator: 'kvm', reason: `a guest ran under KVM and reported it in ${Math.round(ms)} ms` };
  } catch (error) {
    return { accelerator: 'tcg', reason: `${KVM_DEVICE} runs no guest: ${firstTwoLines(messageOf(error))}` };
  }
}

/**
 * Starts a minimal machine and waits until its guest has reported that it ran.
 *
 * @returns the milliseconds that it took.
 * @throws {HotfireError} that says how it failed.
 */
export async function runProbeGuest(
  qemu: QemuBinary,
  accelerator: Accelerator,
  timeoutMs: number,
): Promise<number> {
  const deadline = Deadline.after(timeoutMs, `a guest to run under ${accelerator}`);
  const { path: directory, cleanup } = await temporaryDirectory({
    // Where the next run looks for what this one leaves when it is killed.
    tmpdir: await runRoot(),
    prefix: 'probe',
    unsafeCleanup: true,
  });
  try {
    const argv = await probeArgv(qemu, accelerator, directory);
    await using process = await QemuProcess.start(qemu, argv, { directory });
    await process.whileRunning(
      watch(directory, MACHINES[qemu.arch].probeGuest.marker, deadline),
      'while it ran a guest',
    );
    return timeoutMs - deadline.remainingMs();
  } finally {
    await cleanup();
  }
}

async function probeArgv(qemu: QemuBinary, accelerator: Accelerator, directory: string): Promise<string[]> {
  const machine = MACHINES[qemu.arch];
  const type = optionString(machine.type, {
    ...machine.machineProperties({ accelerator }),
    'dump-guest-core': false,
  });
  return [
    ...['-no-user-config', '-nodefaults', '-display', 'none', '-m', '64M'],
    ...['-machine', type, '-accel', accelerator, '-cpu', machine.cpu(accelerator)],
    ...['-chardev', optionString('file', { id: 'said', path: join(directory, 'said') })],
    ...[
      '-chardev',
      optionString('socket', { id: 'qmp', path: join(directory, 'qmp'), server: true, wait: false }),
    ],
    ...['-mon', 'chardev=qmp,mode=control'],
    ...(await machine.probeGuest.argumentsFor(directory)),
  ];
}

async function watch(directory: string, marker: string, deadline: Deadline): Promise<void> {
  await using qmp = await QmpClient.connect(join(directory, 'qmp'), deadline);
  let said = '';
  await deadline.poll(
    async () => {
      const { status } = queryStatus.parse(await qmp.execute('query-status', undefined, deadline));
      if (status !== 'running')
        throw new InfrastructureError(`The virtual CPU stopped: QMP says "${status}".`);
      said = await readFile(join(directory, 'said'), 'latin1');
      return said.includes(marker) ? true : undefined;
    },
    LOOK_EVERY_MS,
    () => `the guest had said ${JSON.stringify(said.slice(-80))}`,
  );
}

function firstTwoLines(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  return lines
    .filter((line) => line !== 'QEMU said:')
    .slice(0, 2)
    .join(' ');
}
