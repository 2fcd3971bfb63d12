import { expect, needs, step, suite } from 'hotfire';

const test = suite();

test('the same kernel runs after a power cut', async ({ machines }) => {
  needs('login');
  await using vm = await machines.boot();
  const before = await (await vm.login()).run('uname -r');
  expect(before.exitCode).toBe(0);

  const machine = await step('cut the power', () => vm.powerCut());

  await using again = await machine.boot();
  const after = await (await again.login()).run('uname -r');
  expect(after).toEqual(before);
});
