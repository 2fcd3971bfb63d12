/** Everything that a suite may use. */
export { describe, expect } from 'vitest';

export { GuestApiError } from './guest/api-errors.ts';
export type { UpdateCommand, UpdateStatus } from './guest/api-schemas.ts';
export { SERVICES_ADDRESS } from './qemu/argv.ts';
export { within } from './fixtures/within.ts';
export { measure, step } from './fixtures/tell.ts';
export { surveyPowerCuts } from './fixtures/power-cuts.ts';
export { coldSuite, suite } from './fixtures/suite.ts';
export type { MachineOptions } from './fixtures/machines.ts';
export { flipBit, readRange, writeRange } from './image/disk-io.ts';
export type { Image } from './image/open.ts';
export { findInPartition } from './image/search.ts';
export * as faults from './services/http/faults.ts';
export { FileService } from './services/http/file-service.ts';
export * as hostile from './services/tuf/hostile.ts';
export { imageTrust, imageUpdate } from './services/tuf/image-update.ts';
export { generateKeyRing } from './services/tuf/key-ring.ts';
export { publish } from './services/tuf/publish.ts';
export { createRepository, withRoot, withTargets, type Repository } from './services/tuf/repository.ts';
export { targetOf } from './services/tuf/target.ts';
export { manifestTarget, type UpdateManifest } from './services/tuf/update-manifest.ts';
export type { FileTree } from './services/content.ts';
export { Deadline } from './util/deadline.ts';
export { median } from './util/statistics.ts';
export { bootFinished } from './vm/boot-finished.ts';
export type { PoweredOff } from './vm/powered-off.ts';
export type { Vm } from './vm/vm.ts';
