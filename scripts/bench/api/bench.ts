import type { Client } from 'undici';

import type { Image } from '../../../harness/image/open.ts';
import { describeHost } from '../../../harness/report/host.ts';
import { describeTarget } from '../../../harness/report/target.ts';
import { Deadline } from '../../../harness/util/deadline.ts';
import { messageOf } from '../../../harness/util/errors.ts';
import { assemble } from '../../../harness/vm/assemble.ts';
import type { BenchOptions, BenchOutcome } from '../bench.ts';
import { download, ping, upload } from './exchange.ts';
import { connect, machineOf, TRANSPORTS, type Transport } from './machine.ts';
import { renderApi } from './render.ts';
import { compareTransports, type TransportSamples } from './result.ts';

/** In all, at least. */
const REQUESTS = 2000;
const WARM_UP_REQUESTS = 200;
const READY_TIMEOUT_MS = 180_000;
const RETRY_MS = 200;

/** Exchanges over both transports with the same service of one machine, interleaved. */
export async function apiBench(
  image: Image,
  { runs, signal, progress }: BenchOptions,
): Promise<BenchOutcome> {
  const { spec, hostPort } = await machineOf(image);
  const target = await describeTarget(image);
  await using machine = await assemble(spec);
  const vm = await machine.boot({ signal });
  const deadline = Deadline.after(
    READY_TIMEOUT_MS,
    'the guest to come to rest, and its bench service to answer',
  );
  await vm.waitForBoot(deadline);
  const clients = connect(vm, hostPort);
  try {
    const samples = await vm.guard(measure(clients, runs, deadline, progress));
    const result = { bench: 'api', host: describeHost(), target, ...compareTransports(samples) };
    return { result, text: renderApi(target, result) };
  } finally {
    await Promise.all(TRANSPORTS.map((transport) => clients[transport].destroy()));
  }
}

async function measure(
  clients: Record<Transport, Client>,
  runs: number,
  ready: Deadline,
  progress: BenchOptions['progress'],
): Promise<Record<Transport, TransportSamples>> {
  for (const transport of TRANSPORTS) {
    await untilItAnswers(clients[transport], ready);
    await pings(clients[transport], WARM_UP_REQUESTS);
  }
  const samples = {
    'virtio-serial': { roundTripsMs: [], downMibPerS: [], upMibPerS: [] },
    slirp: { roundTripsMs: [], downMibPerS: [], upMibPerS: [] },
  } as Record<Transport, TransportSamples>;
  for (let run = 1; run <= runs; run += 1) {
    for (const transport of TRANSPORTS) {
      const [client, { roundTripsMs, downMibPerS, upMibPerS }] = [clients[transport], samples[transport]];
      roundTripsMs.push(...(await pings(client, Math.ceil(REQUESTS / runs))));
      downMibPerS.push(await download(client));
      upMibPerS.push(await upload(client));
    }
    progress(`run ${run}/${runs}`);
  }
  return samples;
}

async function pings(client: Client, count: number): Promise<number[]> {
  const samples: number[] = [];
  while (samples.length < count) samples.push(await ping(client));
  return samples;
}

async function untilItAnswers(client: Client, deadline: Deadline): Promise<void> {
  let lastSeen = 'no answer';
  await deadline.poll(
    () =>
      ping(client).catch((error: unknown) => {
        lastSeen = messageOf(error);
        return undefined;
      }),
    RETRY_MS,
    () => lastSeen,
  );
}
