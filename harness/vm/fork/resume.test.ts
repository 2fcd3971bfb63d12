import { expect, onTestFinished, test } from 'vitest';

import { Bridge } from '../../guest/bridge/bridge.ts';
import { freshNonce } from '../../guest/bridge/wire/seven-bit.ts';
import { ScriptedGuest } from '../../guest/bridge/testing/scripted-guest.ts';
import { scratchDirectory } from '../../util/testing/scratch.ts';
import { QmpClient } from '../../qemu/qmp/client.ts';
import { negotiate, ScriptedPeer, type Peer } from '../../qemu/qmp/testing/scripted-peer.ts';
import { Deadline } from '../../util/deadline.ts';
import { ImageError, InfrastructureError } from '../../util/errors.ts';
import { resume } from './resume.ts';

const soon = (): Deadline => Deadline.after(60_000, 'the fork');

/** Follows its script, and has always restored the state at once. */
async function obey(peer: Peer): Promise<void> {
  await negotiate(peer);
  for (;;) {
    const { execute, id } = await peer.nextCommand();
    peer.send({ return: {}, id });
    const timestamp = { seconds: 1, microseconds: 0 };
    if (execute === 'migrate-incoming') {
      peer.send({ event: 'MIGRATION', data: { status: 'completed' }, timestamp });
    }
  }
}

async function frozenMachine() {
  const scratch = await scratchDirectory();
  const qemu = await ScriptedPeer.start(obey);
  const guest = await ScriptedGuest.listen(scratch('bridge.sock'));
  const qmp = await QmpClient.connect(qemu.path, soon());
  const bridge = await Bridge.connect(scratch('bridge.sock'), soon());
  onTestFinished(async () => {
    for (const one of [bridge, qmp, guest, qemu]) await one[Symbol.asyncDispose]();
  });
  return { guest, connections: { qmp, bridge } };
}

test('a fork is one that gives back what was planted in it', async () => {
  const { guest, connections } = await frozenMachine();
  const nonce = freshNonce();
  const resumed = resume({ nonce }, connections, soon());
  await guest.greet();
  guest.send('renewed', 0, nonce);
  await resumed;
});

test.for([
  ['remembers something else', freshNonce(), /does not remember what was planted/],
  ['never got a nonce', Buffer.alloc(16), /does not remember what was planted/],
] as const)('a guest that %s is not taken for a fork', async ([, remembered, reason]) => {
  const { guest, connections } = await frozenMachine();
  const resumed = resume({ nonce: freshNonce() }, connections, soon());
  await guest.greet();
  guest.send('renewed', 0, remembered);
  await expect(resumed).rejects.toThrow(reason);
  await expect(resumed).rejects.toBeInstanceOf(ImageError);
});

test('a guest that could not take its new identity reports why', async () => {
  const { guest, connections } = await frozenMachine();
  const nonce = freshNonce();
  const resumed = resume({ nonce }, connections, soon());
  await guest.greet();
  guest.send('renewed', 0, Buffer.concat([nonce, Buffer.from('cannot set the clock: no')]));
  await expect(resumed).rejects.toThrow('could not be renewed: cannot set the clock: no');
});

test('a fork that does not wake up is a fault of what woke it', async () => {
  const { connections } = await frozenMachine();
  // Its QMP has to answer within that time.
  const resumed = resume({ nonce: freshNonce() }, connections, Deadline.after(3000, 'the fork'));
  await expect(resumed).rejects.toThrow(/A fork did not wake up: .*nothing came through the port/s);
  await expect(resumed).rejects.toBeInstanceOf(InfrastructureError);
});
