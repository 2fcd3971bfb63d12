import { coldSuite, expect, findInPartition, flipBit, step, within } from '../../harness/index.ts';

const test = coldSuite({ requires: ['bridge', 'verity-root', 'ab-slots'] });

const OS_NAME = 'PRETTY_NAME="';
/** Of an ASCII letter: changes its case. */
const CASE_BIT = 5;

test('one flipped bit in the used slot never reaches a reader: not a wrong name of the OS', async ({
  machines,
}) => {
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
  const failure = await step('the machine stops at the damage', () =>
    vm.waitForFailure(within(60_000, 'the kernel to find the flipped bit')),
  );
  await vm.stop();
  await reader;

  expect(failure.message).toMatch(/device-mapper: verity: .*corrupt/);
  expect(answers).toEqual([]);
});

test('the same bit flipped in the unused slot disturbs nobody', async ({ machines }) => {
  await using machine = await machines.assemble();
  const { partitions } = await machine.readGpt();
  const unused = partitions.find(({ label }) => label === 'BOTTLEROCKET-ROOT-B');
  await flipBit(machine.disk, Number(unused?.firstByte), CASE_BIT);
  await using vm = await machine.boot();
  expect(await vm.api.os({ deadline: within(5000, 'the name of the OS') })).toHaveProperty('pretty_name');
});
