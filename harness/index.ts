/** Everything that a suite may use. */
export { describe, expect } from 'vitest';

export { within } from './fixtures/within.ts';
export { measure, step } from './fixtures/tell.ts';
export { coldSuite, suite } from './fixtures/suite.ts';
export type { MachineOptions } from './fixtures/machines.ts';
export { flipBit } from './image/disk-io.ts';
export { findInPartition } from './image/search.ts';
export { Deadline } from './util/deadline.ts';
export { median } from './util/statistics.ts';
export { bootFinished } from './vm/boot-finished.ts';
export type { Vm } from './vm/vm.ts';
