import { quantile, summarize, type Summary } from '../../../harness/util/statistics.ts';
import { BULK_BYTES } from './exchange.ts';
import type { Way } from './machine.ts';

export interface WaySamples {
  readonly roundTripsMs: number[];
  readonly downMibPerS: number[];
  readonly upMibPerS: number[];
}

export interface WayResult {
  readonly roundTripMs: { readonly count: number; readonly p50: number; readonly p99: number };
  readonly downMibPerS: Summary;
  readonly upMibPerS: Summary;
}

export interface ApiResult {
  readonly bulkBytes: number;
  readonly ways: Readonly<Record<Way, WayResult>>;
  /** Virtio-serial by slirp: of times less is better, of rates more. */
  readonly ratio: { readonly p50: number; readonly p99: number; readonly down: number; readonly up: number };
}

/** @throws {RangeError} without samples. */
export function compareWays(samples: Readonly<Record<Way, WaySamples>>): ApiResult {
  const [virtio, slirp] = [summarizeWay(samples['virtio-serial']), summarizeWay(samples.slirp)];
  return {
    bulkBytes: BULK_BYTES,
    ways: { 'virtio-serial': virtio, slirp },
    ratio: {
      p50: virtio.roundTripMs.p50 / slirp.roundTripMs.p50,
      p99: virtio.roundTripMs.p99 / slirp.roundTripMs.p99,
      down: virtio.downMibPerS.median / slirp.downMibPerS.median,
      up: virtio.upMibPerS.median / slirp.upMibPerS.median,
    },
  };
}

function summarizeWay({ roundTripsMs, downMibPerS, upMibPerS }: WaySamples): WayResult {
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
