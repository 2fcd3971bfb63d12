import { status, type sendUnaryData, type ServerUnaryCall, type ServerWritableStream } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import tmp from 'tmp-promise';

import { Deadlines } from '../../qemu/deadlines.ts';
import { Deadline } from '../../util/deadline.ts';
import { Disposables } from '../../util/disposables.ts';
import { Bridge } from '../bridge/bridge.ts';
import { ServingGuest } from '../bridge/testing/serving-guest.ts';
import { GrpcConnectionError, GrpcError } from '../grpc/errors.ts';
import { CriClient } from './client.ts';
import { ScriptedCri, type Handlers } from './testing/scripted-cri.ts';

type Call = ServerUnaryCall<Record<string, unknown>, object>;
type Answer = sendUnaryData<object>;

const soon = (timeoutMs = 60_000): Deadline => Deadline.after(timeoutMs, 'the test');
const LARGE = 'x'.repeat(3_000_000);

let cleanup: Disposables;
let guest: ServingGuest;
let bridge: Bridge;
let cri: CriClient;
let received: Record<string, unknown>[];
let restart: (handlers?: Handlers) => Promise<void>;

const answering: Handlers = {
  Version: (_call: Call, answer: Answer) => {
    answer(null, { runtimeName: 'scripted', runtimeVersion: '1', runtimeApiVersion: 'v1' });
  },
  RunPodSandbox: (_call: Call, answer: Answer) => {
    answer(null, { podSandboxId: 'pod-1' });
  },
  CreateContainer: ({ request }: Call, answer: Answer) => {
    received.push(request);
    answer(null, { containerId: 'container-1' });
  },
  ExecSync: ({ request }: Call, answer: Answer) => {
    received.push(request);
    answer(null, { stdout: Buffer.from(LARGE), stderr: Buffer.from('warn'), exitCode: 7 });
  },
  PullImage: (_call: Call, answer: Answer) => {
    answer({ code: status.NOT_FOUND, details: 'no such image: größer 100%' });
  },
  ListImages: () => undefined,
  GetContainerEvents: (call: ServerWritableStream<object, object>) => {
    call.write({ containerId: 'one', containerEventType: 'CONTAINER_STARTED_EVENT' });
    call.write({ containerId: 'one', containerEventType: 'CONTAINER_STOPPED_EVENT' });
  },
};

beforeEach(async () => {
  cleanup = new Disposables();
  received = [];
  const { path, cleanup: remove } = await tmp.dir({ prefix: 'cri-', unsafeCleanup: true });
  cleanup.defer(remove);
  let server = await ScriptedCri.listen(`${path}/cri.sock`, answering);
  cleanup.defer(() => server[Symbol.asyncDispose]());
  restart = async (handlers = answering) => {
    await server[Symbol.asyncDispose]();
    server = await ScriptedCri.listen(`${path}/cri.sock`, handlers);
  };
  guest = cleanup.use(await ServingGuest.listen(`${path}/port.sock`, `${path}/cri.sock`));
  bridge = cleanup.use(await Bridge.connect(`${path}/port.sock`, soon()));
  cri = cleanup.use(new CriClient(bridge, new Deadlines('the guest', 1)));
});

afterEach(async () => {
  await cleanup[Symbol.asyncDispose]();
});

describe('a call', () => {
  test('gets its answer, and the next one uses the same stream', async () => {
    expect(await cri.version()).toEqual({
      runtimeName: 'scripted',
      runtimeVersion: '1',
      runtimeApiVersion: 'v1',
    });
    expect((await cri.version()).runtimeName).toBe('scripted');
    expect(guest.opened).toBe(1);
  });

  test('carries a container with its limits and its pod', async () => {
    const pod = await cri.runPod({ name: 'web' });
    const options = { name: 'main', image: 'example/web', memoryBytes: 64_000_000, cpus: 0.5, user: 0 };
    expect(await cri.createContainer(pod, options)).toBe('container-1');
    expect(received[0]).toMatchObject({
      podSandboxId: 'pod-1',
      sandboxConfig: { metadata: { name: 'web', namespace: 'hotfire' } },
      config: {
        image: { image: 'example/web' },
        linux: {
          resources: { memoryLimitInBytes: 64_000_000, cpuPeriod: 100_000, cpuQuota: 50_000 },
          securityContext: {
            runAsUser: {},
            maskedPaths: expect.arrayContaining(['/proc/kcore']) as string[],
          },
        },
      },
    });
  });

  test('gets an answer of megabytes whole', async () => {
    const { stdout, stderr, exitCode } = await cri.exec('one', ['cat', 'large']);
    expect(stdout === LARGE).toBe(true);
    expect({ stderr, exitCode }).toEqual({ stderr: 'warn', exitCode: 7 });
    expect(received[0]).toMatchObject({ containerId: 'one', cmd: ['cat', 'large'] });
  });

  test('that fails says the code by name, and the words of the server', async () => {
    const error = await cri.pull('gone').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(GrpcError);
    expect(error).toMatchObject({
      code: 'NOT_FOUND',
      message: 'PullImage failed: NOT_FOUND: no such image: größer 100%',
    });
  });

  test('of a method that the server lacks is UNIMPLEMENTED', async () => {
    await expect(cri.status()).rejects.toMatchObject({ code: 'UNIMPLEMENTED' });
  });

  test('that is late ends at its deadline, and is cancelled', async () => {
    const cancelled = new Promise((resolve) => {
      void restart({ ...answering, ListImages: (call: Call) => call.on('cancelled', resolve) });
    });
    await expect(cri.images({ deadline: soon(300) })).rejects.toThrow(
      'Timed out after 300 ms waiting for the test.\nLast seen: ListImages sent, no whole answer yet',
    );
    await cancelled;
    expect((await cri.version()).runtimeName).toBe('scripted');
  });

  test('waits by default as long as guests may take', async () => {
    const hurried = cleanup.use(new CriClient(bridge, new Deadlines('vm-3', 0.01)));
    await expect(hurried.images()).rejects.toThrow('waiting for ListImages on vm-3.');
  });
});

describe('what goes wrong in the guest', () => {
  test('a reset of the machine fails calls at once, and the next one is answered', async () => {
    await cri.version();
    const waiting = cri.images().catch((thrown: unknown) => thrown);
    await expect.poll(() => guest.opened).toBe(1);
    bridge.guestReset();
    const error = await waiting;
    expect(error).toBeInstanceOf(GrpcConnectionError);
    expect(error).toMatchObject({ message: expect.stringContaining('the machine was reset') as string });
    expect((await cri.version()).runtimeName).toBe('scripted');
  });

  test('a new boot of the guest is told from an answer', async () => {
    await cri.version();
    const waiting = cri.images().catch((thrown: unknown) => thrown);
    guest.reboot();
    expect(await waiting).toMatchObject({
      message: expect.stringContaining("the guest's bridge has started again") as string,
    });
    expect((await cri.version()).runtimeName).toBe('scripted');
  });

  test('a runtime that starts again is found again', async () => {
    await cri.version();
    const waiting = cri.images().catch((thrown: unknown) => thrown);
    await restart();
    expect(await waiting).toBeInstanceOf(Error);
    expect((await cri.version()).runtimeName).toBe('scripted');
  });

  test('an answer of another shape is no answer', async () => {
    await restart({
      ...answering,
      RunPodSandbox: (_call: Call, answer: Answer) => {
        answer(null, {});
      },
    });
    const error = await cri.runPod({ name: 'web' }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(GrpcConnectionError);
    expect(error).toMatchObject({ message: expect.stringContaining('podSandboxId') as string });
  });
});

test('events come as they happen, until the reader has enough', async () => {
  const seen: string[] = [];
  for await (const { containerId, containerEventType } of cri.events(soon())) {
    seen.push(`${containerId} ${containerEventType}`);
    if (seen.length === 2) break;
  }
  expect(seen).toEqual(['one CONTAINER_STARTED_EVENT', 'one CONTAINER_STOPPED_EVENT']);
  expect((await cri.version()).runtimeName).toBe('scripted');
});
