import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';

import { stateOf } from '../../../process/stat.ts';
import { QmpClient } from '../../../qemu/qmp/client.ts';
import { negotiate, ScriptedPeer, type Peer } from '../../../qemu/qmp/testing/scripted-peer.ts';
import { Deadline } from '../../../util/deadline.ts';
import { InfrastructureError } from '../../../util/errors.ts';
import { hostFault } from './host-fault.ts';

/** A machine whose QEMU gives this answer to everything, or none. */
async function machine(status: string | undefined, pid = process.pid) {
  const peer = await ScriptedPeer.start(async (connection: Peer) => {
    await negotiate(connection);
    const { id } = await connection.nextCommand();
    if (status !== undefined) connection.send({ return: { status, running: status === 'running' }, id });
  });
  const qmp = await QmpClient.connect(peer.path, Deadline.after(60_000, 'QMP'));
  onTestFinished(async () => {
    await qmp[Symbol.asyncDispose]();
    await peer[Symbol.asyncDispose]();
  });
  return { process: { pid }, connections: { qmp } };
}

test('a QEMU that answers leaves the blame with the guest', async () => {
  expect(await hostFault(await machine('running'))).toBeUndefined();
});

test.each(['internal-error', 'io-error'])(
  'a machine in the state %s was stopped by the host',
  async (state) => {
    const fault = await hostFault(await machine(state));
    expect(fault).toBeInstanceOf(InfrastructureError);
    expect(fault?.message).toContain(`stopped the machine: ${state}`);
  },
);

test('a QEMU that does not answer is the fault of the host', async () => {
  const fault = await hostFault(await machine(undefined));
  expect(fault).toBeInstanceOf(InfrastructureError);
  expect(fault?.message).toMatch(/has not answered QMP for \d+ ms/);
});

test('a QEMU that was stopped by a signal is named without asking it', async () => {
  const { pid, ...child } = execa(process.execPath, ['--eval', 'setTimeout(() => {}, 600_000)'], {
    reject: false,
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  if (pid === undefined) throw new Error('sleep did not start');
  process.kill(pid, 'SIGSTOP');
  await expect.poll(() => stateOf(pid), { timeout: 10_000 }).toBe('T');
  expect((await hostFault(await machine('running', pid)))?.message).toMatch(`process ${pid}) is stopped`);
});
