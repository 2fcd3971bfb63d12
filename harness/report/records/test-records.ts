import type { TestError } from 'vitest';
import type { TestCase, TestModule, TestSuite } from 'vitest/node';

import { causesOf, propertyOf } from '../../util/faults/causes.ts';
import { isHostFault } from '../../util/faults/host-fault.ts';
import { explainCutOff } from './cut-off.ts';
import { messageOf } from '../../util/errors.ts';
import { withOriginalPaths } from '../../util/files/plain-path.ts';
import { relativeFile, type FileRun } from '../file-run.ts';
import type { EventRecorder } from './recorder.ts';
import type { FailureRecord, TestRecord } from '../schema.ts';
import type { RunSettings } from '../settings.ts';
import { inGroup, plain } from '../render/text.ts';

type Origin = FileRun & Pick<TestRecord, 'suite'>;

export function originOf(module: TestModule): Origin {
  const { suitesDirectory, target, repetition } = settingsOf(module);
  const file = relativeFile(module.moduleId, suitesDirectory);
  return { suite: file.split('/', 1)[0] ?? file, file, target, repetition };
}

export function settingsOf(module: TestModule): RunSettings {
  return module.project.getProvidedContext().hotfire;
}

export function promiseOf(test: TestCase | TestSuite): string {
  return test.parent.type === 'suite' ? inGroup(promiseOf(test.parent), test.name) : test.name;
}

/** @param startedAt start of the run, in milliseconds since the epoch. */
export function recordOf(test: TestCase, recorder: EventRecorder, startedAt: number): TestRecord {
  const result = test.result();
  const diagnostic = test.diagnostic();
  const { steps, measurements, vms } = recorder.ofTest(test.id);
  const startMs = Math.max(0, (diagnostic?.startTime ?? startedAt) - startedAt);
  const durationMs = diagnostic?.duration ?? 0;
  return {
    ...originOf(test.module),
    promise: promiseOf(test),
    state: result.state === 'pending' ? 'failed' : result.state,
    skipReason: result.state === 'skipped' ? (result.note ?? reasonWithoutNote(test)) : null,
    startMs,
    durationMs,
    failures:
      result.state === 'pending'
        ? [NEVER_ENDED]
        : (result.errors ?? []).map((error) => explainCutOff(failureOf(error), steps, startMs + durationMs)),
    quarantine: null,
    reproduce: null,
    steps,
    measurements,
    vms: [...vms],
  };
}

function reasonWithoutNote({ options }: TestCase): string {
  return options.mode === 'run'
    ? 'not reached: the set-up of its file failed, or the run was stopped'
    : 'marked so';
}

export const NEVER_ENDED: FailureRecord = {
  name: 'Unfinished',
  message: 'The test never ended: the process that ran it is gone.',
  stack: null,
  infrastructure: true,
};

/** A failure outside any test: a file that does not load, a clean-up that throws. */
export function outsideRecord(origin: Origin, promise: string, errors: readonly TestError[]): TestRecord {
  return {
    ...origin,
    promise,
    state: 'failed',
    skipReason: null,
    startMs: 0,
    durationMs: 0,
    failures: errors.map(failureOf),
    quarantine: null,
    reproduce: null,
    steps: [],
    measurements: [],
    vms: [],
  };
}

/** Class and exit code of our own errors survive the way from the worker as plain properties. */
export function failureOf(error: TestError): FailureRecord {
  const name = error.name ?? 'Error';
  const message = [messageFrom(error), error.diff].filter(Boolean).join('\n\n');
  const frames = (error.stacks ?? []).map(
    ({ method, file, line, column }) =>
      `    at ${method === '' ? '' : `${method} `}${withOriginalPaths(file)}:${line}:${column}`,
  );
  const stack = frames.length === 0 ? null : [`${name}: ${message}`, ...frames].join('\n');
  return {
    name,
    message: plain(message),
    stack: stack === null ? null : plain(stack),
    infrastructure: isHostFault(error) || isWorkerLoss(error),
  };
}

/** Of vitest's pool (4.1), when a worker was killed, as the kernel does when memory is short, or did not come up. */
const WORKER_LOSS =
  /^(?:Worker exited unexpectedly|\[vitest-pool(?:-runner)?\]: (?:Timeout|Failed to start) )/;

function isWorkerLoss(error: TestError): boolean {
  return [...causesOf(error)].some((one) => WORKER_LOSS.test(messageOf(one)));
}

/** What reaches us of a value that is no error may have none. */
function messageFrom(error: TestError): string {
  return propertyOf(error, 'message') === undefined ? 'What was thrown has no message.' : messageOf(error);
}
