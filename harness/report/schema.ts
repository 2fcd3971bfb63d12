import { z } from 'zod';

import { ARCHITECTURES } from '../util/architecture.ts';
import { lifeSchema, milliseconds } from './life.ts';

/** Raised whenever a reader of the previous version could misunderstand the new one. */
export const REPORT_VERSION = 3;

const stepSchema = z.strictObject({
  name: z.string(),
  /** Since the start of the run. */
  startMs: milliseconds,
  /** Null when the step had not ended by the end of the run. */
  durationMs: milliseconds.nullable(),
  error: z.string().nullable(),
});

const SIGNIFICANT_DIGITS = 6;

/** Whole numbers, such as sizes in bytes, stay as they are. */
function withoutNoise(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(SIGNIFICANT_DIGITS));
}

const measurementSchema = z.strictObject({
  name: z.string(),
  unit: z.string(),
  samples: z.array(z.number().overwrite(withoutNoise)).min(1),
});

const failureSchema = z.strictObject({
  name: z.string(),
  message: z.string(),
  stack: z.string().nullable(),
  /** True when the host failed, not the image. */
  infrastructure: z.boolean(),
});

const quarantineSchema = z.strictObject({
  issue: z.string(),
  owner: z.string(),
  /** The last day that it holds, such as "2026-12-24". */
  expires: z.string(),
});

const testSchema = z.strictObject({
  suite: z.string(),
  file: z.string(),
  target: z.string(),
  /** From 1; greater with --repeat. */
  repetition: z.int().positive(),
  /** What the test proves, in the words of its author. */
  promise: z.string(),
  state: z.enum(['passed', 'failed', 'skipped']),
  skipReason: z.string().nullable(),
  startMs: milliseconds,
  durationMs: milliseconds,
  failures: z.array(failureSchema),
  /** Of a failed test whose failure is known and allowed for a time: it counts as skipped, not as failed. */
  quarantine: quarantineSchema.nullable(),
  /** A command line that runs the test's file again on the same image; null where none can. */
  reproduce: z.string().nullable(),
  steps: z.array(stepSchema),
  measurements: z.array(measurementSchema),
  /** Identifiers of the machines that the test used. */
  vms: z.array(z.string()),
});

/** Of a machine whose memory was kept. */
export const memorySchema = z.strictObject({
  /** Among its files; a core file in ELF. */
  file: z.string(),
  /** The kernel with its symbols, on the host of the run; null where none is kept. */
  vmlinux: z.string().nullable(),
});

/** A machine that left evidence: a test that used it failed. */
const vmSchema = z.strictObject({
  id: z.string(),
  target: z.string(),
  /** Relative to the report. */
  directory: z.string(),
  files: z.array(z.string()),
  consoleTail: z.array(z.string()),
  memory: memorySchema.optional(),
});

const targetSchema = z.strictObject({
  name: z.string(),
  arch: z.enum(ARCHITECTURES),
  /** Null for an image without a manifest. */
  variant: z.string().nullable(),
  image: z.strictObject({
    path: z.string(),
    name: z.string().nullable(),
    version: z.string().nullable(),
    /** Of each disk, from the manifest. */
    sha256: z.array(z.string()),
    capabilities: z.array(z.string()),
  }),
  qemu: z.strictObject({ path: z.string(), version: z.string() }),
  firmware: z.strictObject({ path: z.string(), sha256: z.string() }),
  accelerator: z.strictObject({ name: z.enum(['kvm', 'tcg']), reason: z.string() }),
});

/** The contents of `run.json`. */
export const runReportSchema = z.strictObject({
  reportVersion: z.literal(REPORT_VERSION),
  verdict: z.enum(['passed', 'failed', 'infrastructure', 'interrupted']),
  startedAt: z.iso.datetime(),
  durationMs: milliseconds,
  commandLine: z.string(),
  /** Of Hotfire; null outside a git work tree. */
  commit: z.strictObject({ id: z.string(), modified: z.boolean() }).nullable(),
  /** Of several hosts, in a merged report: their names, and the smallest sizes. */
  host: z.strictObject({ system: z.string(), node: z.string(), cpus: z.int(), memoryMiB: z.int() }),
  targets: z.array(targetSchema),
  tests: z.array(testSchema),
  /** Steps of a file outside its tests, above all the boot of its machine. */
  fileSteps: z.array(stepSchema.extend({ file: z.string(), target: z.string() })),
  vms: z.array(vmSchema),
  /** Of all machines, whether they left evidence or not; of one machine in their order. */
  lives: z.array(lifeSchema),
  /** What a reader of the verdict should know besides, a line each. */
  remarks: z.array(z.string()),
});

export type RunReport = z.infer<typeof runReportSchema>;
export type TestRecord = z.infer<typeof testSchema>;
export type QuarantineRecord = z.infer<typeof quarantineSchema>;
export type FailureRecord = z.infer<typeof failureSchema>;
export type StepRecord = z.infer<typeof stepSchema>;
export type MeasurementRecord = z.infer<typeof measurementSchema>;
export type VmRecord = z.infer<typeof vmSchema>;
export type TargetRecord = z.infer<typeof targetSchema>;
export type Verdict = RunReport['verdict'];
