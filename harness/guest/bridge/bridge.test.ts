import { once } from 'node:events';
import { join } from 'node:path';

import { dir } from 'tmp-promise';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { Deadline } from '../../util/deadline.ts';
import { Disposables } from '../../util/disposables.ts';
import { Bridge } from './bridge.ts';
import { encodeWindow } from './wire/encoder.ts';
import { BridgeLostError, BridgeStreamError } from './errors.ts';
import { WINDOW_BYTES } from './protocol.ts';
import type { BridgeStream } from './stream.ts';
import { ScriptedGuest } from './testing/scripted-guest.ts';

let cleanup: Disposables;
let path: string;
let guest: ScriptedGuest;
let bridge: Bridge;

const soon = (what = 'the bridge'): Deadline => Deadline.after(60_000, what);

beforeEach(async () => {
  cleanup = new Disposables();
  const run = await dir({ prefix: 'bridge-', unsafeCleanup: true });
  cleanup.defer(run.cleanup);
  path = join(run.path, 'bridge.sock');
  guest = cleanup.use(await ScriptedGuest.listen(path));
  bridge = cleanup.use(await Bridge.connect(path, soon()));
});

afterEach(async () => {
  await cleanup[Symbol.asyncDispose]();
});

async function becomeReady(): Promise<void> {
  await guest.greet();
  await bridge.ready(soon());
}

/** A stream that is still open when the test ends. */
function openIdle(): BridgeStream {
  return bridge.open('api').on('error', () => undefined);
}

function failureOf(stream: BridgeStream): Promise<BridgeStreamError> {
  return new Promise((resolve) => stream.on('error', resolve as (error: Error) => void));
}

test('noise, stale answers and torn frames before the answer are discarded', async () => {
  const { payload: nonce } = await guest.next('hello');
  guest.sendRaw(Buffer.from('noise of a boot loader'));
  guest.acknowledge(Buffer.alloc(16, 1));
  guest.sendData(9, 'of an older session');
  guest.sendRaw(Buffer.from('0500ff7f01000000', 'hex'));
  // Until all of it has come.
  await vi.waitFor(async () => {
    const wait = bridge.ready(Deadline.after(100, 'the guest'));
    await expect(wait).rejects.toThrow(/Last seen: \d+ bytes that are no answer to our greeting/);
  }, 60_000);
  guest.acknowledge(nonce);
  await bridge.ready(soon());
});

test('a socket that is not there yet is waited for', async () => {
  const latePath = `${path}.late`;
  const connecting = Bridge.connect(latePath, soon());
  const late = cleanup.use(await ScriptedGuest.listen(latePath));
  const lateBridge = cleanup.use(await connecting);
  await late.greet();
  await lateBridge.ready(soon());
});

test('a missing socket is an infrastructure error with its path', async () => {
  // One try to connect has to fail in that time.
  await vi.waitFor(async () => {
    const connecting = Bridge.connect(`${path}.never`, Deadline.after(100, 'the bridge'));
    await expect(connecting).rejects.toThrow(
      /Timed out after 100 ms waiting .*Last seen: .*ENOENT .*bridge\.sock\.never/s,
    );
  }, 60_000);
});

test('an expired wait shows what came instead', async () => {
  await guest.next('hello');
  guest.boot();
  await guest.next('hello');
  const wait = bridge.ready(Deadline.after(50, 'the guest'));
  await expect(wait).rejects.toThrow(
    "Timed out after 50 ms waiting for the guest.\nLast seen: the guest's bridge has started",
  );
});

test('BOOT fails all streams and is answered by a new greeting', async () => {
  await becomeReady();
  const failure = failureOf(bridge.open('api'));
  guest.boot();
  expect(await failure).toMatchObject({ service: 'api', failure: 'guest-reset' });
  expect(() => bridge.open('api')).toThrow('the bridge is greeting; await ready() first');
  await becomeReady();
});

test('a reset fails streams at once and reopens the device', async () => {
  await becomeReady();
  const stream = bridge.open('api');
  const failure = failureOf(stream);
  bridge.guestReset();
  expect(stream.destroyed).toBe(true);
  bridge.guestReset();
  expect(await failure).toMatchObject({ failure: 'guest-reset' });
  await becomeReady();
});

test.each([
  [
    'DATA for an unknown stream',
    () => {
      guest.sendData(77, 'x');
    },
  ],
  [
    'DATA beyond the window',
    () => {
      for (let n = 0; n < 9; n++) guest.sendData(1, 'x'.repeat(32_000));
    },
  ],
  [
    'a second END',
    () => {
      guest.send('end', 1);
      guest.send('end', 1);
    },
  ],
  [
    'a window that is too large',
    () => {
      guest.send('win', 1, encodeWindow(1));
    },
  ],
  [
    'a header out of range',
    () => {
      guest.sendRaw(Buffer.from('ff00000001000000', 'hex'));
    },
  ],
])('%s makes the host give up the session', async (_what, breach) => {
  await becomeReady();
  const failure = failureOf(bridge.open('api'));
  breach();
  expect(await failure).toMatchObject({ failure: 'guest-reset' });
  await becomeReady();
});

test('a refusal shows its reason, and is answered', async () => {
  await becomeReady();
  const failure = failureOf(bridge.open('cri'));
  const { stream } = await guest.next('open');
  guest.send('rst', stream, Buffer.from('no such socket'));
  expect((await failure).message).toBe('The stream to the guest\'s "cri" failed: no such socket.');
  expect((await guest.next('rst')).stream).toBe(stream);
});

test('what still comes for an aborted stream is no breach', async () => {
  await becomeReady();
  bridge.open('api').destroy();
  const { stream } = await guest.next('rst');
  guest.sendData(stream, 'late');
  guest.send('end', stream);
  guest.send('rst', stream);
  const next = openIdle();
  const opened = await guest.next('open');
  guest.sendData(opened.stream, 'answer');
  const [answer] = (await once(next, 'data')) as [Buffer];
  expect(answer.toString()).toBe('answer');
});

test('a writer stops at the window and goes on as it opens', async () => {
  await becomeReady();
  const stream = openIdle();
  stream.write(Buffer.alloc(WINDOW_BYTES + 5));
  let got = 0;
  while (got < WINDOW_BYTES) got += (await guest.next('data')).payload.length;
  expect(got).toBe(WINDOW_BYTES);
  guest.send('win', 1, encodeWindow(5));
  expect((await guest.next('data')).payload.length).toBe(5);
});

test('a reader opens the window only as it reads', async () => {
  await becomeReady();
  const stream = openIdle();
  await guest.next('open');
  for (let n = 0; n < 8; n++) guest.sendData(1, 'x'.repeat(32_000));
  await expect.poll(() => stream.readableLength).toBe(256_000);
  stream.resume();
  expect((await guest.next('win')).payload.readUInt32LE()).toBeGreaterThanOrEqual(WINDOW_BYTES / 4);
});

test('another version is refused for good', async () => {
  const ready = bridge.ready(soon());
  await guest.greet(3);
  await expect(ready).rejects.toThrow(/speaks version 3 of the protocol, not 1 or 2/);
  await expect(bridge.ready(soon())).rejects.toThrow(BridgeLostError);
});

test('when QEMU goes, streams fail and nothing is waited for', async () => {
  await becomeReady();
  const failure = failureOf(bridge.open('api'));
  guest.hangUp();
  expect(await failure).toMatchObject({ failure: 'lost' });
  await expect(bridge.ready(soon())).rejects.toThrow("QEMU closed the bridge's character device");
});

test.each(['', 'API', 'a/b', 'x'.repeat(65)])('"%s" is no service name', async (name) => {
  await becomeReady();
  expect(() => bridge.open(name)).toThrow(BridgeStreamError);
});
