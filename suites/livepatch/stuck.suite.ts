import { expect, livepatchSuite } from '../../harness/index.ts';
import { expectHealthyKernel } from './support/kernel.ts';

const test = livepatchSuite();

test('a stuck patch names the task that holds it, and reverts', async ({ vm }) => {
  const { livepatches } = vm.api;
  const { most_recent_command: command } = await livepatches.run('apply', 'never-completes');
  expect(command?.stderr).toMatch(/is not complete after 20 s; it goes on, and can be reverted/);
  const stuck = await livepatches.waitFor('never-completes', 'stuck');
  expect(stuck.holding).toEqual([expect.objectContaining({ comm: 'kauditd' })]);
  expect(stuck.holding[0]?.stack.join('\n')).toContain('kauditd_thread');

  await expect(livepatches.start('apply', 'proc-version')).rejects.toMatchObject({ status: 409 });
  await livepatches.revert('never-completes');
  await livepatches.waitFor('never-completes', 'disabled');
  await livepatches.apply('proc-version');
  await expectHealthyKernel(vm);
});
