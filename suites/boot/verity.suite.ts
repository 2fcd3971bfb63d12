import { expect, findInPartition, flipBit, needs, step, suite, within } from '../../harness/index.ts';

const test = suite();

test.beforeEach(() => {
  needs('bridge', 'verity-root', 'ab-slots');
});

const OS_NAME = 'PRETTY_NAME="';
/** Of an ASCII letter: changes its case. */
const CASE_BIT = 5;

test('a flipped bit in the active root is never read', async ({ machines }) => {
  await using machine = await machines.assemble();
  const { partitions } = await machine.readGpt();
  const name = await findInPartition(machine.disk, partitions, 'BOTTLEROCKET-ROOT-A', OS_NAME);
  await flipBit(machine.disk, name + OS_NAME.length, CASE_BIT);
  await using vm = await machine.start();

  const answers: string[] = [];
  const reader = vm.api
    .os({ deadline: within(60_000, 'an answer that must not come') })
    .then(({ pretty_name }) => answers.push(pretty_name))
    .catch(() => undefined);
  const failure = await step('the kernel stops at the damage', () => vm.waitForFailure());
  await vm.stop();
  await reader;

  expect(failure.message).toMatch(/device-mapper: verity: .*corrupt/);
  expect(answers).toEqual([]);
});

test('a flipped bit in the unused root changes nothing', async ({ machines }) => {
  await using machine = await machines.assemble();
  const { partitions } = await machine.readGpt();
  const unused = partitions.find(({ label }) => label === 'BOTTLEROCKET-ROOT-B');
  await flipBit(machine.disk, Number(unused?.firstByte), CASE_BIT);
  await using vm = await machine.boot();
  expect(await vm.api.os()).toHaveProperty('pretty_name');
});
