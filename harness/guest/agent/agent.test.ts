import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect, test, vi } from 'vitest';

import { agentPair, soon, syncedPair } from './testing/agent-pair.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('an answer', () => {
  test('of an earlier session is never taken', async () => {
    const { agent, guest } = await agentPair();
    const info = agent.info(soon());
    const id = await guest.nextSync();
    guest.sendRaw('{"return": {"version": "stale", "supported_commands": []}}\n');
    guest.answerSync(id - 1);
    guest.sendRaw(
      `{"return": ${id}}\n`,
      '{"error": {"class": "GenericError", "desc": "JSON parse error"}}\n',
      '{"re',
    );
    await sleep(50);
    // No command is sent until the right answer is there.
    expect(guest.waiting).toBe(0);
    guest.answerSync(id);
    await guest.answer({ version: 'fresh', supported_commands: [] });
    expect((await info).version).toBe('fresh');
  });

  test('may be split anywhere', async () => {
    const { agent, guest } = await syncedPair();
    const done = agent.readFile('/etc/größe', { deadline: soon() });
    await guest.answer(1000);
    await guest.next();
    const content = 'ä€🔥'.repeat(5);
    for (const byte of Buffer.from(
      `{"return": {"count": 1, "buf-b64": "${base64(content)}", "eof": true}}\r\n`,
    )) {
      guest.sendRaw(Buffer.of(byte));
      await sleep(1);
    }
    await guest.answer({});
    expect((await done).toString()).toBe(content);
  });

  test.each([
    ['garbage', '\x00\x1b[31m}}garbage\n', /answered ".*garbage"/],
    ['JSON of another kind', '{}\n', /answered "\{\}"/],
    ['another shape', '{"return": {"version": 7}}\n', /another shape than QEMU documents \(version: /],
  ])('that is %s fails its command alone', async (_what, line, message) => {
    const { agent, guest } = await syncedPair();
    const info = agent.info(soon());
    await guest.next();
    guest.sendRaw(line);
    await expect(info).rejects.toThrow(message);
    const ping = agent.ping(soon());
    if (message.source.startsWith('answered')) await guest.sync();
    expect(await guest.answer({})).toMatchObject({ execute: 'guest-ping' });
    await ping;
  });

  test('without end does not fill the memory', async () => {
    const { agent, guest } = await syncedPair();
    const info = agent.info(soon());
    await guest.next();
    const block = Buffer.alloc(2 ** 20, 'x');
    for (let mebibytes = 0; mebibytes < 49; mebibytes += 1) guest.sendRaw(block);
    guest.sendRaw('\n');
    await expect(info).rejects.toThrow(/"guest-info" failed: its answer is longer than any/);
    const ping = agent.ping(soon());
    await guest.sync();
    await guest.answer({});
    await ping;
  });

  test('that comes after its time is not taken for the next', async () => {
    const { agent, guest } = await syncedPair();
    await expect(agent.info(soon(50))).rejects.toThrow(/for the guest agent to answer "guest-info"/);
    const ping = agent.ping(soon());
    await guest.next();
    guest.sendRaw('{"return": {"version": "late", "supported_commands": []}}\n');
    await guest.sync();
    await guest.refuse('GenericError', 'ping, not info');
    await expect(ping).rejects.toThrow('"guest-ping" failed: ping, not info (GenericError)');
  });
});

describe('a refusal', () => {
  test("shows the guest's own words, and the next command goes on", async () => {
    const { agent, guest } = await syncedPair();
    const read = agent.readFile('/nowhere', { deadline: soon() });
    await guest.refuse('GenericError', 'failed to open file');
    await expect(read).rejects.toThrow(
      expect.objectContaining({ command: 'guest-file-open', errorClass: 'GenericError' }),
    );
    const ping = agent.ping(soon());
    expect(await guest.answer({})).toMatchObject({ execute: 'guest-ping' });
    await ping;
  });

  test.each([
    ['CommandNotFound', 'The command guest-exec has not been found'],
    ['GenericError', 'Command guest-exec has been disabled'],
    ['CommandNotFound', 'Command guest-exec has been disabled: the command is not allowed'],
  ])('of a blocked command says how to allow it (%s)', async (errorClass, desc) => {
    const { agent, guest } = await syncedPair();
    const run = agent.exec(['true'], { deadline: soon() });
    await guest.refuse(errorClass, desc);
    await expect(run).rejects.toThrow(/Allow "guest-exec" in the guest's qemu-ga.conf/);
  });
});

describe('the connection', () => {
  test('waits for an agent that starts late, and takes its last answer', async () => {
    const { agent, guest } = await agentPair();
    const ready = agent.waitUntilReady(soon());
    const first = await guest.nextSync();
    const second = await guest.nextSync();
    guest.answerSync(first);
    guest.answerSync(second);
    await ready;
  });

  test('a silent guest is reported with the last line', async () => {
    const { agent, guest } = await agentPair();
    await vi.waitFor(async () => {
      const ready = agent.waitUntilReady(soon(200));
      guest.sendRaw('login: \n');
      await expect(ready).rejects.toThrow(/for the scripted agent.*\nLast seen: login:/);
    }, 60_000);
  });

  test('begins again when the machine is reset', async () => {
    const { agent, guest } = await syncedPair();
    const info = agent.info(soon());
    await guest.next();
    agent.guestReset();
    await expect(info).rejects.toThrow('"guest-info" failed: the machine was reset.');
    const ping = agent.ping(soon());
    await guest.sync();
    await guest.answer({});
    await ping;
  });

  test('a wait for the agent outlives a reset', async () => {
    const { agent, guest } = await agentPair();
    const ready = agent.waitUntilReady(soon());
    const old = await guest.nextSync();
    agent.guestReset();
    const id = await guest.nextSync();
    guest.answerSync(old);
    guest.answerSync(id);
    await ready;
  });

  test('its end ends every command', async () => {
    const { agent, guest } = await syncedPair();
    const waiting = [agent.info(soon()), agent.ping(soon())];
    await guest.next();
    guest.hangUp();
    for (const one of waiting)
      await expect(one).rejects.toThrow(/QEMU closed the guest agent's character device/);
    await agent.close();
    await expect(agent.ping(soon())).rejects.toThrow(/QEMU closed/);
  });
});

test('concurrent callers get their own answers, one after the other', async () => {
  const { agent, guest } = await syncedPair();
  const contents = Array.from({ length: 20 }, (_, index) => `content of ${index}`);
  const reads = contents.map((_, index) => agent.readFile(`/file-${index}`, { deadline: soon() }));
  void (async () => {
    const open: string[] = [];
    for (;;) {
      const { execute, arguments: args } = await guest.next();
      // Nothing is sent before the last answer is there.
      if (guest.waiting > 0) guest.hangUp();
      const index = Number(String(args?.['path']).split('-')[1]);
      let answer: unknown = {};
      if (execute === 'guest-file-open') answer = open.push(`content of ${index}`) - 1;
      if (execute === 'guest-file-read') {
        answer = { count: 1, 'buf-b64': base64(open[Number(args?.['handle'])] ?? ''), eof: true };
      }
      guest.sendRaw(`${JSON.stringify({ return: answer })}\n`);
    }
  })();
  expect((await Promise.all(reads)).map(String)).toEqual(contents);
});

test('a command that waits too long for its turn is never sent', async () => {
  const { agent, guest } = await syncedPair();
  const first = agent.info(soon());
  await guest.next();
  await expect(agent.ping(soon(50))).rejects.toThrow(/an earlier command still waits/);
  guest.sendRaw('{"return": {"version": "1", "supported_commands": []}}\n');
  await first;
  const last = agent.readFile('/x', { deadline: soon() });
  expect(await guest.answer(1)).toMatchObject({ execute: 'guest-file-open' });
  await guest.answer({ count: 0, 'buf-b64': '', eof: true });
  await guest.answer({});
  await last;
});
