import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { execa } from 'execa';
import { describe, expect, it, type TestContext } from 'vitest';

import { unbootableDisk } from '../../../harness/image/testing/unbootable-disk.ts';
import { which } from '../../../harness/process/which.ts';
import { readReport } from '../../../harness/report/read.ts';
import { Deadline } from '../../../harness/util/deadline.ts';
import { needPidNamespace } from '../../../harness/util/testing/namespace.ts';
import { scratchDirectory } from '../../../harness/util/testing/scratch.ts';
import { PLAN_VERSION, type Plan } from '../../plan/schema.ts';
import { CONTAINER } from './container.ts';

const ROOT = join(import.meta.dirname, '../../..');
const SHARDS = 4;
const KILLED = 1;
const CONTAINED = 3;
const qemu = await which('qemu-system-x86_64');

/** Boots as far as a disk without a boot loader does. The one that is to be killed stays until it may go. */
const suiteOf = (index: number, place: string): string => `
  import { existsSync, writeFileSync } from 'node:fs';
  import { setTimeout as sleep } from 'node:timers/promises';
  import { suite } from 'hotfire';
  const test = suite();
  test('boots', async ({ machines }) => {
    await using vm = await (await machines.assemble({ memoryMiB: 256, cpus: 1 })).start();
    await vm.console.waitFor(/BdsDxe|UEFI/);
    writeFileSync(${JSON.stringify(`${place}/booted-${index}`)}, '');
    while (${index === KILLED} && !existsSync(${JSON.stringify(`${place}/go`)})) await sleep(50);
  });
`;

/** A plan of four shards with a suite file each, and the pods that run them, as processes. */
class Job {
  readonly path: (name: string) => string;

  private constructor(path: (name: string) => string) {
    this.path = path;
  }

  static async create(): Promise<Job> {
    const job = new Job(await scratchDirectory());
    const image = await unbootableDisk();
    await mkdir(job.path('suites/own'), { recursive: true });
    const shards: Plan['shards'] = [];
    for (let index = 0; index < SHARDS; index += 1) {
      await writeFile(job.path(`suites/own/s${index}.suite.ts`), suiteOf(index, job.path('')));
      const cell = { target: 'disk.img/x86_64', file: `own/s${index}.suite.ts`, flags: '' };
      const reports = job.path(`reports/${index + 1}-of-${SHARDS}`);
      const command = `npm test -- --image ${image} --suites ${job.path('suites')} --suite own/s${index} --report ${reports}/disk`;
      shards.push({
        ...{ index: index + 1, estimateMs: 1, images: [], commands: [command], reports },
        cells: [{ ...cell, estimateMs: 1, basis: 'default' }],
      });
    }
    const plan: Plan = { ...{ planVersion: PLAN_VERSION, kind: 'few', gates: [], omissions: [] }, shards };
    await writeFile(job.path('plan.json'), JSON.stringify(plan));
    return job;
  }

  /** @param wrapper a command that runs the one which follows as its last arguments. */
  pod(index: number, wrapper: readonly string[] = []) {
    const shard = ['--plan', this.path('plan.json'), '--results', this.path('results')];
    const [program = '', ...args] = [...wrapper, 'npm', 'run', '--silent', 'shard', '--', ...shard];
    return execa(program, args, {
      // A group of its own, which can be killed as a whole.
      ...{ cwd: ROOT, reject: false, stdin: 'ignore', detached: true, all: true },
      env: { JOB_COMPLETION_INDEX: String(index), NO_COLOR: '1', HOTFIRE_TEST_JOB: this.path('') },
    });
  }

  async merge() {
    const results = (await readdir(this.path('results'))).filter((name) => !name.startsWith('.'));
    const reports = results.sort().map((name) => this.path(`results/${name}/disk`));
    const args = ['--out', this.path('merged'), '--plan', this.path('plan.json'), ...reports];
    return execa('npm', ['run', '--silent', 'merge', '--', ...args], { cwd: ROOT, reject: false });
  }

  /** Ids of processes that a pod of this job has started. */
  async running(): Promise<string[]> {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    const environments = await Promise.all(
      pids.map((pid) => readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')),
    );
    return pids.filter((_, place) => environments[place]?.includes(`HOTFIRE_TEST_JOB=${this.path('')}\0`));
  }
}

describe.skipIf(qemu === undefined)('an Indexed Job (needs qemu)', () => {
  it(
    'is red until every shard has reported, also one whose pod was killed half-way',
    { timeout: 900_000 },
    async (test: TestContext) => {
      await needPidNamespace(test.skip);
      const job = await Job.create();
      const pods = Array.from({ length: SHARDS }, (_, index) =>
        job.pod(index, index === CONTAINED ? CONTAINER : []),
      );
      const killed = pods[KILLED];
      await until('the machine of the shard to boot', () => existsSync(job.path(`booted-${KILLED}`)));
      process.kill(-(killed?.pid ?? NaN), 'SIGKILL');
      const ended = await Promise.all(pods);
      const others = ended.filter((_, index) => index !== KILLED);
      expect(others.map(({ exitCode, all }) => [exitCode, exitCode === 0 ? '' : all])).toEqual([
        ...[0, 0, 0].map((code) => [code, '']),
      ]);
      await until('nothing to be left', async () => (await job.running()).length === 0);
      expect((await readdir(job.path('results'))).sort()).toEqual(['1-of-4', '3-of-4', '4-of-4']);
      const { host, targets } = await readReport(job.path(`results/${CONTAINED + 1}-of-4/disk`));
      expect(targets[0]?.accelerator.name, host.system).toBe('tcg');

      const red = await job.merge();
      expect(red.stdout).toMatch(/shard 2\/4 never reported\. Its cells:\n +own\/s1 on disk\.img\/x86_64/);
      expect(red.exitCode).toBe(69);

      await writeFile(job.path('go'), '');
      const retried = await job.pod(KILLED);
      expect(retried.exitCode, retried.all).toBe(0);
      const green = await job.merge();
      expect(green.stdout).toMatch(/\n4 passed, 0 failed$/);
      expect(green.exitCode).toBe(0);
      const { verdict, tests } = await readReport(job.path('merged'));
      expect(verdict).toBe('passed');
      expect(tests.map(({ file }) => file).sort()).toEqual(
        [0, 1, 2, 3].map((index) => `own/s${index}.suite.ts`),
      );
      await until('nothing to be left', async () => (await job.running()).length === 0);
    },
  );
});

function until(what: string, holds: () => boolean | Promise<boolean>): Promise<true> {
  return Deadline.after(300_000, what).poll(async () => (await holds()) || undefined, 200);
}
