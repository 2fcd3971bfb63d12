import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { execa } from 'execa';
import { expect, test } from 'vitest';

import { unbootableDisk } from '../../../harness/image/testing/unbootable-disk.ts';
import { which } from '../../../harness/process/which.ts';
import { runReportSchema, type TestRecord } from '../../../harness/report/schema.ts';
import { scratchDirectory } from '../../../harness/util/testing/scratch.ts';

const CLI = fileURLToPath(new URL('../../test.ts', import.meta.url));
const qemu = await which('qemu-system-x86_64');

/** Every test passes but for what its machine does; the firmware is all that runs. */
const SUITE = `
  import { readdirSync, readlinkSync } from 'node:fs';
  import { setTimeout as sleep } from 'node:timers/promises';
  import { expect, suite, within } from 'hotfire';

  const test = suite();
  const on = async (machine) => {
    const vm = await machine.start();
    await vm.console.waitFor(/BdsDxe|UEFI/);
    return vm;
  };
  const press = (vm) => vm.qmp.execute('system_reset', undefined, within(5000, 'QMP'));
  const pidOf = (vm) => Number(readdirSync('/proc').find((pid) => {
    try { return readlinkSync('/proc/' + pid + '/cwd') === vm.directory.path; } catch { return false; }
  }));

  test('reset before the end', async ({ machines }) => {
    const vm = await on(await machines.assemble());
    await press(vm);
  });
  test('reset before it is disposed of', async ({ machines }) => {
    await using vm = await on(await machines.assemble());
    await press(vm);
  });
  test('reset, and time to rest', async ({ machines }) => {
    await using vm = await on(await machines.assemble());
    await press(vm);
    await sleep(3000);
  });
  test('killed before it is disposed of', async ({ machines }) => {
    await using vm = await on(await machines.assemble());
    process.kill(pidOf(vm), 'SIGKILL');
  });
  test('reset after a power cut', async ({ machines }) => {
    const machine = await machines.assemble();
    const off = await (await on(machine)).powerCut();
    await press(await on(off));
  });
  test('reset of a fork', async ({ machines }) => {
    const vm = await on(await machines.assemble());
    await using fork = await (await vm.checkpoint()).fork();
    await press(fork);
  });
  test('expected', async ({ machines }) => {
    await using vm = await on(await machines.assemble());
    vm.expectFailure();
    await press(vm);
  });
  test('announced', async ({ machines }) => {
    const vm = await on(await machines.assemble());
    await vm.reset();
  });
  test('stopped', async ({ machines }) => {
    await using vm = await on(await machines.assemble());
    process.kill(pidOf(vm), 'SIGSTOP');
    await vm.console.waitFor(/never/, within(100, 'what never comes'));
  });
`;

test.skipIf(qemu === undefined)(
  'a machine that fails unexpectedly fails its test, however it was started',
  { timeout: 300_000 },
  async () => {
    const tests = await outcomes();
    const crashed = ['failed', false, expect.stringContaining('The machine crashed: it reset itself')];
    expect(tests).toEqual({
      'reset before the end': crashed,
      'reset before it is disposed of': crashed,
      'reset, and time to rest': crashed,
      'killed before it is disposed of': ['failed', true, expect.stringContaining('killed (SIGKILL)')],
      'reset after a power cut': crashed,
      'reset of a fork': crashed,
      expected: ['passed', undefined, undefined],
      announced: ['passed', undefined, undefined],
      stopped: ['failed', true, expect.stringMatching(/QEMU \(process \d+\) is stopped/)],
    });
  },
);

/** By promise: state, whether the host is blamed, and the message. */
async function outcomes(): Promise<Record<string, unknown[]>> {
  const scratch = await scratchDirectory();
  const file = scratch('suites/crashes/all.suite.ts');
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, SUITE);
  const image = await unbootableDisk();
  const args = ['--image', image, '--suites', scratch('suites'), '--report', scratch('report')];
  const { all } = await execa(process.execPath, ['--import', import.meta.resolve('tsx'), CLI, ...args], {
    ...{ reject: false, stdin: 'ignore', all: true, env: { NO_COLOR: '1' } },
  });
  const report = await readFile(join(scratch('report'), 'run.json'), 'utf8').catch(() => {
    throw new Error(`The run left no report:\n${all}`);
  });
  const { tests } = runReportSchema.parse(JSON.parse(report));
  return Object.fromEntries(tests.map((one) => [one.promise, outcome(one)]));
}

function outcome({ state, failures: [failure] }: TestRecord): unknown[] {
  return [state, failure?.infrastructure, failure?.message];
}
