import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';

import { describe, expect, onTestFinished, test } from 'vitest';

import { QmpClient } from '../../qemu/qmp/client.ts';
import { negotiate, ScriptedPeer, type Peer } from '../../qemu/qmp/testing/scripted-peer.ts';
import { Deadline } from '../../util/deadline.ts';
import { InfrastructureError } from '../../util/errors.ts';
import { scratchDirectory } from '../../util/testing/scratch.ts';
import { CannotFreezeError } from '../fork/errors.ts';
import { saveForForks } from './save.ts';

const REFUSAL = "State blocked by non-migratable device 'scripted'";
const timestamp = { seconds: 1, microseconds: 0 };

/** A QEMU that sends a state as real ones do, refuses to, or fails to. */
function scriptedQemu(saving: 'refuses' | 'fails' | 'sends') {
  return async (peer: Peer): Promise<void> => {
    await negotiate(peer);
    for (;;) {
      const { execute, id, arguments: args } = await peer.nextCommand();
      if (execute === 'migrate' && saving === 'refuses') {
        peer.send({ error: { class: 'GenericError', desc: REFUSAL }, id });
      } else if (execute === 'query-migrate') {
        peer.send({ return: { status: 'failed', 'error-desc': 'a device gave up' }, id });
      } else {
        peer.send({ return: {}, id });
      }
      if (execute !== 'migrate' || saving === 'refuses') continue;
      const status = saving === 'sends' ? await sendState(String(args?.['uri'])) : 'failed';
      peer.send({ event: 'MIGRATION', data: { status }, timestamp });
    }
  };
}

function sendState(uri: string): Promise<'completed' | 'failed'> {
  const socket = connect(uri.replace(/^unix:/, ''));
  socket.on('error', () => undefined);
  socket.resume().end(Buffer.alloc(2 ** 20, 'state'));
  return new Promise((resolve) => {
    socket.once('close', (failed) => {
      resolve(failed ? 'failed' : 'completed');
    });
  });
}

async function save(saving: Parameters<typeof scriptedQemu>[0], file?: string) {
  const scratch = await scratchDirectory();
  const qemu = await ScriptedPeer.start(scriptedQemu(saving));
  const deadline = Deadline.after(5000, 'the state');
  const qmp = await QmpClient.connect(qemu.path, deadline);
  onTestFinished(async () => {
    for (const one of [qmp, qemu]) await one[Symbol.asyncDispose]();
  });
  const path = file ?? scratch('state');
  const saved = saveForForks(qmp, { path, socket: scratch('socket'), deadline });
  return { path, outcome: await saved.catch((error: unknown) => error) };
}

describe('saving a template', () => {
  test('writes what QEMU sends', async () => {
    const { path, outcome } = await save('sends');
    expect(outcome).toBeUndefined();
    expect(await readFile(path)).toEqual(Buffer.alloc(2 ** 20, 'state'));
  });

  test('is not possible where QEMU refuses, for its reason', async () => {
    const { outcome } = await save('refuses');
    expect(outcome).toBeInstanceOf(CannotFreezeError);
    expect(String(outcome)).toContain(REFUSAL);
  });

  test.for([
    ['a full disk', 'sends', '/dev/full', /Cannot write the machine's state to .*ENOSPC/],
    ['a directory that is gone', 'sends', '/nowhere/state', /Cannot write the machine's state to .*ENOENT/],
    ['a QEMU that fails', 'fails', undefined, /QEMU failed to migrate .*: a device gave up/],
  ] as const)('fails by %s, which is no property of the machine', async ([, saving, file, reason]) => {
    const { outcome } = await save(saving, file);
    expect(outcome).toBeInstanceOf(InfrastructureError);
    expect(outcome).not.toBeInstanceOf(CannotFreezeError);
    expect(String(outcome)).toMatch(reason);
  });
});
