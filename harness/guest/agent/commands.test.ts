import { describe, expect, test } from 'vitest';

import { soon, syncedPair } from './testing/agent-pair.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('exec', () => {
  test('passes input and environment on, polls, and decodes', async () => {
    const { agent, guest } = await syncedPair();
    const run = agent.exec(['sh', '-c', 'true'], { deadline: soon(), input: 'ä', env: { A: 'b=c' } });
    expect(await guest.answer({ pid: 42 })).toMatchObject({
      execute: 'guest-exec',
      arguments: {
        ...{ path: 'sh', arg: ['-c', 'true'], env: ['A=b=c'] },
        ...{ 'input-data': base64('ä'), 'capture-output': true },
      },
    });
    await guest.answer({ exited: false });
    expect(
      await guest.answer({ exited: true, exitcode: 3, 'out-data': base64('ö'), 'err-truncated': true }),
    ).toMatchObject({ execute: 'guest-exec-status', arguments: { pid: 42 } });
    expect(await run).toEqual({ exitCode: 3, stdout: 'ö', stderr: '', truncated: true });
  });

  test('reports a signal as shells do', async () => {
    const { agent, guest } = await syncedPair();
    const run = agent.exec(['x'], { deadline: soon() });
    await guest.answer({ pid: 1 });
    await guest.answer({ exited: true, signal: 9 });
    expect((await run).exitCode).toBe(137);
  });

  test('a program that does not end is named in the error', async () => {
    const { agent, guest } = await syncedPair();
    const run = agent.exec(['sleep'], { deadline: soon(3000) });
    run.catch(() => undefined);
    await guest.answer({ pid: 42 });
    void (async () => {
      for (;;) await guest.answer({ exited: false });
    })();
    await expect(run).rejects.toThrow(
      /for the scripted agent.*\nLast seen: sleep still runs in the guest, as process 42/,
    );
  });

  test('a program that runs is named, too, when the last question gets no answer', async () => {
    const { agent, guest } = await syncedPair();
    const run = agent.exec(['sleep'], { deadline: soon(1000) });
    run.catch(() => undefined);
    await guest.answer({ pid: 42 });
    await guest.answer({ exited: false });
    await expect(run).rejects.toThrow(/Last seen: sleep still runs in the guest, as process 42/);
  });

  test('output that is no base64 is refused', async () => {
    const { agent, guest } = await syncedPair();
    const run = agent.exec(['x'], { deadline: soon() });
    await guest.answer({ pid: 1 });
    await guest.answer({ exited: true, exitcode: 0, 'out-data': '!' });
    await expect(run).rejects.toThrow(/another shape than QEMU documents \(out-data: /);
  });
});

describe('a file', () => {
  test('is read piece by piece and closed', async () => {
    const { agent, guest } = await syncedPair();
    const read = agent.readFile('/f', { deadline: soon() });
    expect(await guest.answer(7)).toMatchObject({ arguments: { path: '/f', mode: 'r' } });
    await guest.answer({ count: 2, 'buf-b64': base64('ab'), eof: false });
    await guest.answer({ count: 1, 'buf-b64': base64('c'), eof: true });
    expect(await guest.answer({})).toMatchObject({ execute: 'guest-file-close', arguments: { handle: 7 } });
    expect((await read).toString()).toBe('abc');
  });

  test('that is too large is refused and closed', async () => {
    const { agent, guest } = await syncedPair();
    const read = agent.readFile('/f', { deadline: soon(), maxBytes: 3 });
    read.catch(() => undefined);
    await guest.answer(7);
    expect(await guest.answer({ count: 4, 'buf-b64': base64('abcd'), eof: false })).toMatchObject({
      arguments: { count: 4 },
    });
    await expect(read).rejects.toThrow("The guest's /f is larger than 3 bytes.");
    expect(await guest.answer({})).toMatchObject({ execute: 'guest-file-close' });
  });

  test('is closed when reading fails', async () => {
    const { agent, guest } = await syncedPair();
    const read = agent.readFile('/f', { deadline: soon() });
    read.catch(() => undefined);
    await guest.answer(7);
    await guest.refuse('GenericError', 'failed to read file');
    await expect(read).rejects.toThrow(/failed to read file/);
    expect(await guest.answer({})).toMatchObject({ execute: 'guest-file-close' });
  });

  test('is written until all of it is', async () => {
    const { agent, guest } = await syncedPair();
    const write = agent.writeFile('/f', 'abc', soon());
    expect(await guest.answer(7)).toMatchObject({ arguments: { mode: 'w' } });
    expect(await guest.answer({ count: 2, eof: false })).toMatchObject({
      arguments: { 'buf-b64': base64('abc') },
    });
    expect(await guest.answer({ count: 1, eof: false })).toMatchObject({
      arguments: { 'buf-b64': base64('c') },
    });
    await guest.answer({});
    await write;
  });
});

describe('shutdown', () => {
  test('needs no answer', async () => {
    const { agent, guest } = await syncedPair();
    const down = agent.shutdown('reboot', soon());
    await guest.sync();
    expect(await guest.next()).toMatchObject({ execute: 'guest-shutdown', arguments: { mode: 'reboot' } });
    agent.guestReset();
    await down;
  });

  test('is refused by the guest in its own words', async () => {
    const { agent, guest } = await syncedPair();
    const down = agent.shutdown('powerdown', soon());
    await guest.sync();
    await guest.refuse('GenericError', 'child process has failed to shutdown');
    await expect(down).rejects.toThrow(/child process has failed to shutdown/);
  });
});

test('the time is given in nanoseconds', async () => {
  const { agent, guest } = await syncedPair();
  const set = agent.setTime(new Date('2027-01-02T03:04:05.678Z'), soon());
  expect((await guest.answer({})).arguments).toEqual({ time: 1798859045678 * 1e6 });
  await set;
});
