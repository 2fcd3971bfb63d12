import { statfs } from 'node:fs/promises';
import { availableParallelism, cpus, freemem, tmpdir, totalmem } from 'node:os';
import { dirname } from 'node:path';

import { execa } from 'execa';

import { cacheLocation } from '../../harness/util/files/cache-location.ts';
import type { Check, Finding } from './finding.ts';

const GIB = 2 ** 30;
/** One machine of the default size, and what QEMU takes on top of the guest's memory. */
const MEMORY_FOR_A_MACHINE = 1.25 * GIB;
/** The SDK, both kernels with their build trees, and some images. */
const DISK_FOR_BUILDS = 12 * GIB;
/** Overlays of some machines, which hold what their guests write. */
const DISK_FOR_MACHINES = 2 * GIB;
const NAMESPACE_TIMEOUT_MS = 10_000;

export const resourceChecks: readonly Check[] = [
  checkCpus,
  checkMemory,
  () => checkDisk('disk of the image cache', cacheLocation(), DISK_FOR_BUILDS, 'HOTFIRE_CACHE', false),
  () => checkDisk('disk of the machines', tmpdir(), DISK_FOR_MACHINES, 'TMPDIR', true),
  checkUserNamespaces,
];

function checkCpus(): Promise<Finding> {
  const count = availableParallelism();
  const base = { topic: 'CPUs', essential: false };
  const found = `${count} (${cpus()[0]?.model.trim() ?? 'of unknown model'})`;
  if (count >= 2) return Promise.resolve({ ...base, state: 'good', found });
  const hint = 'Machines get one virtual CPU, and a build takes long. Two or more are better.';
  return Promise.resolve({ ...base, state: 'limited', found, hint });
}

function checkMemory(): Promise<Finding> {
  const base = { topic: 'memory', essential: true };
  const found = `${inGib(freemem())} available of ${inGib(totalmem())}`;
  if (freemem() >= MEMORY_FOR_A_MACHINE) return Promise.resolve({ ...base, state: 'good', found });
  const hint = `One machine needs ${inGib(MEMORY_FOR_A_MACHINE)}: end other programs, or use a larger host.`;
  return Promise.resolve({ ...base, state: 'missing', found, hint });
}

async function checkDisk(
  topic: string,
  directory: string,
  neededBytes: number,
  variable: string,
  essential: boolean,
): Promise<Finding> {
  const free = await freeBytes(directory);
  const found = `${inGib(free)} free for ${directory}`;
  if (free >= neededBytes) return { topic, essential, state: 'good', found };
  const hint = `Free some space (${inGib(neededBytes)} are enough), or point ${variable} to a larger disk.`;
  return { topic, essential, state: 'missing', found, hint };
}

/** Images are built in namespaces: as root in any case, else in a user namespace over subordinate ids. */
async function checkUserNamespaces(): Promise<Finding> {
  const base = { topic: 'building without root', essential: false };
  if (process.geteuid?.() === 0) return { ...base, state: 'good', found: 'not needed: this is root' };
  const args = ['--user', '--map-root-user', '--map-auto', '--mount', '--pid', '--fork', 'true'];
  const attempt = await execa('unshare', args, { reject: false, timeout: NAMESPACE_TIMEOUT_MS });
  if (!attempt.failed) return { ...base, state: 'good', found: 'user namespaces work' };
  const hint =
    'Install the package uidmap, give this user a range in /etc/subuid and /etc/subgid (`usermod --add-subuids`), and ' +
    'allow unprivileged user namespaces (on Ubuntu: kernel.apparmor_restrict_unprivileged_userns=0). Or build as root.';
  const found = attempt.stderr.split('\n')[0] ?? '';
  return {
    ...base,
    state: 'missing',
    found: found === '' ? (attempt.shortMessage ?? 'it failed') : found,
    hint,
  };
}

/** The directory itself may not have been made yet. */
async function freeBytes(directory: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize;
  } catch (error) {
    if (dirname(directory) === directory) throw error;
    return freeBytes(dirname(directory));
  }
}

function inGib(bytes: number): string {
  return `${(bytes / GIB).toFixed(1)} GiB`;
}
