import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect, it, vi } from 'vitest';

import { Deadline } from '../../util/deadline.ts';
import { InfrastructureError, WaitTimeoutError } from '../../util/errors.ts';
import { QmpClient } from './client.ts';
import { QmpCommandError, QmpDisconnectedError } from './errors.ts';
import { GREETING, negotiate, ScriptedPeer, type Peer } from './testing/scripted-peer.ts';

const soon = (): Deadline => Deadline.after(60_000, 'the test');
/** Of a wait that has to expire; where it must come as far as a sign of life before, it is repeated until it does. */
const shortly = (): Deadline => Deadline.after(60, 'something that never comes');
const forever = (): Promise<void> => new Promise(() => undefined);

async function connected(script: (peer: Peer) => Promise<void> | void) {
  const peer = await ScriptedPeer.start(async (connection) => {
    await negotiate(connection);
    await script(connection);
  });
  const client = await QmpClient.connect(peer.path, soon(), { log: `${peer.path}.log` });
  return {
    client,
    log: () => readFile(`${peer.path}.log`, 'utf8'),
    async [Symbol.asyncDispose]() {
      await client.close();
      await peer[Symbol.asyncDispose]();
    },
  };
}

describe('connecting', () => {
  it('negotiates capabilities before anything else', async () => {
    const seen: string[] = [];
    await using peer = await ScriptedPeer.start(async (connection) => {
      connection.send(GREETING);
      const command = await connection.nextCommand();
      seen.push(command.execute);
      connection.send({ return: {}, id: command.id });
    });
    await using client = await QmpClient.connect(peer.path, soon());
    expect(client.disconnected.aborted).toBe(false);
    expect(seen).toEqual(['qmp_capabilities']);
  });

  it('waits for a socket that is not there yet', async () => {
    await using peer = await ScriptedPeer.start(negotiate, { listen: false });
    const connecting = QmpClient.connect(peer.path, soon());
    await sleep(50);
    await peer.listen();
    await using client = await connecting;
    expect(client.disconnected.aborted).toBe(false);
  });

  it("blames the host when nothing ever listens, with the socket's last error", async () => {
    await using peer = await ScriptedPeer.start(negotiate, { listen: false });
    await vi.waitFor(async () => {
      const connecting = QmpClient.connect(peer.path, shortly());
      await expect(connecting).rejects.toThrow(/ENOENT/);
      await expect(connecting).rejects.toBeInstanceOf(InfrastructureError);
    }, 60_000);
  });

  it('reports a missing greeting', async () => {
    await using peer = await ScriptedPeer.start(forever);
    await vi.waitFor(async () => {
      const connecting = QmpClient.connect(peer.path, shortly());
      await expect(connecting).rejects.toThrow(/no traffic at all/);
      await expect(connecting).rejects.toBeInstanceOf(InfrastructureError);
    }, 60_000);
  });

  it('reports that the peer hung up before its greeting', async () => {
    await using peer = await ScriptedPeer.start((connection) => {
      connection.hangUp();
    });
    await expect(QmpClient.connect(peer.path, soon())).rejects.toThrow(QmpDisconnectedError);
  });

  it('reports that the peer hung up during the negotiation', async () => {
    await using peer = await ScriptedPeer.start(async (connection) => {
      connection.send(GREETING);
      await connection.nextCommand();
      connection.hangUp();
    });
    await expect(QmpClient.connect(peer.path, soon())).rejects.toThrow(/connection is gone/);
  });
});

describe('commands', () => {
  it('gives each command its own answer, whatever their order', async () => {
    await using it = await connected(async (peer) => {
      const first = await peer.nextCommand();
      const second = await peer.nextCommand();
      peer.send({ return: second.execute, id: second.id });
      peer.send({ return: first.execute, id: first.id });
    });
    const answers = ['query-a', 'query-b'].map((name) => it.client.execute(name, undefined, soon()));
    expect(await Promise.all(answers)).toEqual(['query-a', 'query-b']);
  });

  it('carries arguments', async () => {
    await using it = await connected(async (peer) => {
      const { id, arguments: args } = await peer.nextCommand();
      peer.send({ return: args, id });
    });
    expect(await it.client.execute('eject', { id: 'cd' }, soon())).toEqual({ id: 'cd' });
  });

  it('passes an event on that comes before the answer', async () => {
    await using it = await connected(async (peer) => {
      const { id } = await peer.nextCommand();
      peer.send({ event: 'STOP', timestamp: { seconds: 2, microseconds: 500_000 } });
      peer.send({ return: {}, id });
    });
    const stopped = it.client.waitForEvent('STOP', soon());
    await it.client.execute('stop', undefined, soon());
    expect(await stopped).toEqual({ name: 'STOP', data: {}, atMs: 2500 });
  });

  it("throws QEMU's refusal, naming the command", async () => {
    await using it = await connected(async (peer) => {
      const { id } = await peer.nextCommand();
      peer.send({ error: { class: 'CommandNotFound', desc: 'no such thing' }, id });
    });
    const refused = it.client.execute('fly', undefined, soon());
    await expect(refused).rejects.toThrow('QMP refused the command "fly": no such thing (CommandNotFound).');
    await expect(refused).rejects.toBeInstanceOf(QmpCommandError);
  });

  it('blames the host when no answer comes, and drops it when it comes late', async () => {
    await using it = await connected(async (peer) => {
      const late = await peer.nextCommand();
      const next = await peer.nextCommand();
      peer.send({ return: 'late', id: late.id });
      peer.send({ return: 'right', id: next.id });
    });
    const late = it.client.execute('slow', undefined, shortly());
    await expect(late).rejects.toThrow(/QMP's answer to "slow"/);
    await expect(late).rejects.not.toBeInstanceOf(WaitTimeoutError);
    expect(await it.client.execute('next', undefined, soon())).toBe('right');
  });

  it('reassembles answers that come byte by byte', async () => {
    await using it = await connected(async (peer) => {
      const { id } = await peer.nextCommand();
      for (const byte of Buffer.from(`${JSON.stringify({ return: 'Zürich 🚀', id })}\n`)) {
        peer.sendBytes(Uint8Array.of(byte));
        await sleep(0);
      }
    });
    expect(await it.client.execute('where', undefined, soon())).toBe('Zürich 🚀');
  });
});

describe('the end of a connection', () => {
  it('fails every command that waits, with the last traffic', async () => {
    await using it = await connected(async (peer) => {
      await peer.nextCommand();
      await peer.nextCommand();
      peer.hangUp();
    });
    const waiting = ['one', 'two'].map((name) => it.client.execute(name, undefined, soon()));
    for (const failure of await Promise.allSettled(waiting)) {
      expect(failure).toMatchObject({
        status: 'rejected',
        reason: expect.any(QmpDisconnectedError) as unknown,
      });
    }
    await expect(waiting[1]).rejects.toThrow(/sent: .*"execute":"two"/);
  });

  it('fails pending and later waits for an event', async () => {
    await using it = await connected(async (peer) => {
      await sleep(20);
      peer.hangUp();
    });
    await expect(it.client.waitForEvent('RESET', soon())).rejects.toThrow(QmpDisconnectedError);
    await expect(it.client.waitForEvent('RESET', soon())).rejects.toThrow(QmpDisconnectedError);
    await expect(it.client.execute('stop', undefined, soon())).rejects.toThrow(QmpDisconnectedError);
  });

  it('is brought about by our own close, which may be repeated', async () => {
    await using it = await connected(forever);
    const waiting = it.client.execute('stop', undefined, soon());
    await Promise.all([expect(waiting).rejects.toThrow(/Hotfire closed it/), it.client.close()]);
    await it.client.close();
  });

  it.each([
    ['something that is no JSON', 'Segmentation fault\n'],
    ['JSON that is no QMP', '{"hello": 1}\n'],
    ['a refusal of a line that it could not parse', '{"error": {"class": "GenericError", "desc": "bad"}}\n'],
    ['a line without end', 'x'.repeat(4 * 1024 * 1024 + 1)],
  ])('is brought about by %s', async (_what, bytes) => {
    await using it = await connected((peer) => {
      peer.sendBytes(bytes);
    });
    await expect(it.client.waitForEvent('RESET', soon())).rejects.toThrow(QmpDisconnectedError);
  });
});

describe('events', () => {
  it('passes over others, and those that do not match', async () => {
    await using it = await connected(async (peer) => {
      await peer.nextCommand();
      for (const [event, reason] of [
        ['RESET', 'guest-reset'],
        ['SHUTDOWN', 'host-qmp-quit'],
        ['SHUTDOWN', 'guest-shutdown'],
      ]) {
        peer.send({ event, data: { reason }, timestamp: { seconds: 1, microseconds: 0 } });
      }
    });
    const shutdown = it.client.waitForEvent(
      'SHUTDOWN',
      soon(),
      ({ data }) => data['reason'] === 'guest-shutdown',
    );
    void it.client.execute('go', undefined, soon()).catch(() => undefined);
    expect((await shutdown).data).toEqual({ reason: 'guest-shutdown' });
  });

  it('that do not come expire a wait, which quotes the last traffic', async () => {
    await using it = await connected(forever);
    const waiting = it.client.waitForEvent('SHUTDOWN', shortly());
    await expect(waiting).rejects.toThrow(/something that never comes[^]*received: .*return/);
    await expect(waiting).rejects.toBeInstanceOf(WaitTimeoutError);
  });
});

it('logs all traffic with its direction and time', async () => {
  await using it = await connected(forever);
  const lines = (await it.log()).trim().split('\n');
  const entries = lines.map((line) => JSON.parse(line) as { direction: string; time: string; line: string });
  expect(entries.map(({ direction }) => direction)).toEqual(['received', 'sent', 'received']);
  expect(entries[1]?.line).toContain('qmp_capabilities');
  expect(Date.parse(entries[1]?.time ?? '')).toBeGreaterThan(Date.now() - 60_000);
});
