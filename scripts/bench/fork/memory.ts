import { setMaxListeners } from 'node:events';
import { readdir, readFile, readlink } from 'node:fs/promises';

import { Disposables } from '../../../harness/util/disposables.ts';
import type { Template } from '../../../harness/vm/template/obtain.ts';
import { startFork } from './measure-fork.ts';

export interface MemorySample {
  readonly forks: number;
  /** Of all their processes together: what several share is counted once. */
  readonly pssMiB: number;
}

export async function measureMemory(
  template: Template,
  forks: number,
  signal: AbortSignal,
): Promise<MemorySample> {
  // Each machine listens for the interruption.
  setMaxListeners(forks + 1, signal);
  await using machines = new Disposables();
  let pssMiB = 0;
  const directories: string[] = [];
  for (let fork = 0; fork < forks; fork += 1) {
    directories.push(machines.use(await startFork(template, signal)).directory.path);
  }
  for (const pid of await processesIn(directories)) pssMiB += await pssOf(pid);
  return { forks, pssMiB };
}

/** QEMU alone works in its machine's directory. */
async function processesIn(directories: readonly string[]): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const places = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => '')));
  return pids.filter((_pid, index) => directories.includes(places[index] ?? ''));
}

async function pssOf(pid: string): Promise<number> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'latin1');
  return Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1]) / 1024;
}
