import type { DiskError } from './device.ts';
import type { WriteHistory } from './write-history.ts';

/** A point in the order of all arrivals and answers at one disk, counted from 1. */
export type EventNumber = number;

interface Recorded {
  readonly arrivedAt: EventNumber;
  /** Undefined: it was never answered. */
  answeredAt?: EventNumber;
  readonly error?: DiskError;
}

/** A write, or a write of zeroes. */
export interface RecordedWrite extends Recorded {
  readonly kind: 'write' | 'zero';
  readonly offset: number;
  readonly lengthBytes: number;
  readonly fua: boolean;
  /** Where in the log its data is; undefined for zeroes. */
  readonly logPosition: number | undefined;
}

export interface RecordedFlush extends Recorded {
  readonly kind: 'flush';
}

/** Advice that this disk does not take: what was there stays readable, as a disk is free to let it. */
export interface RecordedTrim extends Recorded {
  readonly kind: 'trim';
}

export type RecordedRequest = RecordedWrite | RecordedFlush | RecordedTrim;

/** From here on, until the next one, the machine was at this step. */
export interface StepMark {
  readonly name: string;
  readonly at: EventNumber;
}

/** All that was asked of a disk, in the order in which it arrived. */
export interface Recording {
  readonly requests: readonly RecordedRequest[];
  readonly marks: readonly StepMark[];
  readonly history: WriteHistory;
}

export function isWrite(request: RecordedRequest): request is RecordedWrite {
  return request.kind === 'write' || request.kind === 'zero';
}
