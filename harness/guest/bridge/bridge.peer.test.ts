import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { join } from 'node:path';

import { dir } from 'tmp-promise';
import { Client } from 'undici';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { Deadline } from '../../util/deadline.ts';
import { Disposables } from '../../util/disposables.ts';
import { Bridge } from './bridge.ts';
import { BridgeStreamError } from './errors.ts';
import { httpConnector } from '../http/connector.ts';
import { GuestBridge, whyNoGuestBridge } from './testing/guest-bridge.ts';
import { GuestService, labelledBytes } from './testing/guest-service.ts';
import { PortRelay } from './testing/port-relay.ts';

const missing = whyNoGuestBridge();

const soon = (what = 'the test'): Deadline => Deadline.after(60_000, what);

describe.skipIf(missing !== undefined)(
  `against the guest's own bridge${missing === undefined ? '' : ` (${missing})`}`,
  () => {
    let cleanup: Disposables;
    let guest: GuestBridge;
    let service: GuestService;
    let bridge: Bridge;
    let client: Client;

    beforeEach(async () => {
      cleanup = new Disposables();
      const run = await dir({ prefix: 'bridge-', unsafeCleanup: true });
      cleanup.defer(run.cleanup);
      const [hostPath, portPath] = [join(run.path, 'host.sock'), join(run.path, 'port.sock')];
      cleanup.use(await PortRelay.listen(hostPath, portPath));
      service = cleanup.use(await GuestService.listen(join(run.path, 'api.sock')));
      guest = cleanup.use(
        await GuestBridge.start(portPath, { api: service.path, gone: join(run.path, 'gone.sock') }),
      );
      bridge = cleanup.use(await Bridge.connect(hostPath, soon()));
      client = new Client('http://guest', { connect: httpConnector(bridge, 'api') });
      cleanup.defer(() => client.destroy());
      await bridge.ready(soon());
    });

    afterEach(async () => {
      await cleanup[Symbol.asyncDispose]();
    });

    async function expectRightBytes(label: string, length = 1000): Promise<void> {
      const answer = await client.request({
        method: 'GET',
        path: '/bytes',
        query: { label, length },
        signal: soon(label).signal(),
      });
      const body = await buffer(answer.body);
      expect(body.equals(labelledBytes(label, length))).toBe(true);
    }

    async function beginEndless(label: string): Promise<{ abort: () => void; failed: Promise<unknown> }> {
      const controller = new AbortController();
      const answer = await client.request({
        method: 'GET',
        path: '/endless',
        query: { label },
        signal: controller.signal,
      });
      const failed = (async () => {
        try {
          for await (const chunk of answer.body) expect(chunk).toBeInstanceOf(Buffer);
          return undefined;
        } catch (error) {
          return error;
        }
      })();
      return {
        failed,
        abort: () => {
          controller.abort();
        },
      };
    }

    test('carries bodies of any size both ways, magic and all', async () => {
      await expectRightBytes('large', 8 * 1024 * 1024 + 1);
      const body = labelledBytes('up', 8 * 1024 * 1024 + 1);
      const answer = await client.request({ method: 'PUT', path: '/digest', body });
      expect(await answer.body.text()).toBe(createHash('sha256').update(body).digest('hex'));
    });

    test('500 aborted downloads, each followed at once by a request', async () => {
      for (let round = 0; round < 500; round++) {
        const download = await beginEndless(`endless ${round}`);
        download.abort();
        await expectRightBytes(`after ${round}`);
        await download.failed;
      }
    });

    test('300 reconnects while streaming', async () => {
      for (let round = 0; round < 300; round++) {
        const download = await beginEndless(`endless ${round}`);
        bridge.guestReset();
        expect(await download.failed).toMatchObject({ failure: 'guest-reset' });
        await bridge.ready(soon('the guest after a reconnect'));
        await expectRightBytes(`after ${round}`);
      }
    });

    test('the bridge is killed in mid-request', async () => {
      for (let round = 0; round < 20; round++) {
        const download = await beginEndless(`endless ${round}`);
        const boot = bridge.events.next('boot', AbortSignal.timeout(60_000));
        await guest.killAndRestart();
        await boot;
        expect(await download.failed).toMatchObject({ failure: 'guest-reset' });
        await bridge.ready(soon('the guest after its bridge was killed'));
        await expectRightBytes(`after ${round}`);
      }
    });

    test('the service is killed in mid-request', async () => {
      for (let round = 0; round < 20; round++) {
        const download = await beginEndless(`endless ${round}`);
        await service.restart();
        expect(await download.failed).toBeInstanceOf(Error);
        await expectRightBytes(`after ${round}`);
      }
    });

    test('a stalled download delays no other stream and loses nothing', async () => {
      const stalled = bridge.open('api');
      stalled.write(
        'GET /bytes?label=stalled&length=2000000 HTTP/1.1\r\nhost: guest\r\nconnection: close\r\n\r\n',
      );
      for (let round = 0; round < 20; round++) await expectRightBytes(`parallel ${round}`, 300_000);
      const answer = await buffer(stalled);
      expect(
        answer.subarray(answer.indexOf('\r\n\r\n') + 4).equals(labelledBytes('stalled', 2_000_000)),
      ).toBe(true);
    });

    test.each([
      ['gone', /cannot connect to .*gone\.sock: No such file/],
      ['ssh', /no service "ssh"; this image offers api, gone/],
    ])('a stream to "%s" reports why it failed', async (name, reason) => {
      const stream = bridge.open(name);
      const error = await new Promise((resolve) => stream.on('error', resolve));
      expect(error).toBeInstanceOf(BridgeStreamError);
      expect(error).toMatchObject({ failure: 'refused', message: expect.stringMatching(reason) as string });
      await expectRightBytes('after a refusal');
    });
  },
);
