import { quantile, summarize, type Summary } from '../../../harness/util/numbers/statistics.ts';
import { BULK_BYTES } from './exchange.ts';
import type { Transport } from './machine.ts';

export interface TransportSamples {
  readonly roundTripsMs: number[];
  readonly downMibPerS: number[];
  readonly upMibPerS: number[];
}

export interface TransportResult {
  readonly roundTripMs: { readonly count: number; readonly p50: number; readonly p99: number };
  readonly downMibPerS: Summary;
  readonly upMibPerS: Summary;
}

export interface ApiResult {
  readonly bulkBytes: number;
  readonly transports: Readonly<Record<Transport, TransportResult>>;
  /** Virtio-serial / slirp: lower is better for times, higher for rates. */
  readonly ratio: { readonly p50: number; readonly p99: number; readonly down: number; readonly up: number };
}

/** @throws {RangeError} without samples. */
export function compareTransports(samples: Readonly<Record<Transport, TransportSamples>>): ApiResult {
  const [virtio, slirp] = [summarizeTransport(samples['virtio-serial']), summarizeTransport(samples.slirp)];
  return {
    bulkBytes: BULK_BYTES,
    transports: { 'virtio-serial': virtio, slirp },
    ratio: {
      p50: virtio.roundTripMs.p50 / slirp.roundTripMs.p50,
      p99: virtio.roundTripMs.p99 / slirp.roundTripMs.p99,
      down: virtio.downMibPerS.median / slirp.downMibPerS.median,
      up: virtio.upMibPerS.median / slirp.upMibPerS.median,
    },
  };
}

function summarizeTransport({ roundTripsMs, downMibPerS, upMibPerS }: TransportSamples): TransportResult {
  return {
    roundTripMs: {
      count: roundTripsMs.length,
      p50: quantile(roundTripsMs, 0.5),
      p99: quantile(roundTripsMs, 0.99),
    },
    downMibPerS: summarize(downMibPerS),
    upMibPerS: summarize(upMibPerS),
  };
}
