import { join } from 'node:path';

import { groupBy } from '../../util/group.ts';
import { MEMORY_FILE } from '../../vm/last-look/memory.ts';
import { isDisk } from '../../vm/remains/record.ts';
import { count, measurementText, plain } from './text.ts';
import { quarantineText } from '../quarantine/apply.ts';
import type { RunReport, TestRecord, VmRecord } from '../schema.ts';

/**
 * The run in the dialect that Jenkins and GitLab read: a suite per (suite, target), a case per promise.
 *
 * @param place of the report, as the engine finds it; the evidence of failures is attached by paths that begin with it.
 */
export function junitXml(report: RunReport, place = '.'): string {
  const groups = groupBy(report.tests, (test) => `${test.suite} (${test.target})`);
  const names = caseNames(report.tests);
  const kept = new Map(report.vms.map((vm) => [vm.id, attachments(vm, place)]));
  const suites = [...groups].map(([name, tests]) => suiteXml(name, tests, names, kept));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ ...totals(report.tests), time: seconds(report.durationMs) })}>`,
    ...suites,
    '</testsuites>',
    '',
  ].join('\n');
}

/**
 * A name for each test that no other of its class has, since consumers merge or drop what looks the same: "it boots [2/5]"
 * for a repetition, "it boots (2)" for what still has the name of another.
 */
export function caseNames(tests: readonly TestRecord[]): ReadonlyMap<TestRecord, string> {
  const total = Math.max(1, ...tests.map((test) => test.repetition));
  const taken = new Set<string>();
  const names = new Map<TestRecord, string>();
  for (const test of tests) {
    const wanted = total === 1 ? test.promise : `${test.promise} [${test.repetition}/${total}]`;
    let name = wanted;
    for (let count = 2; taken.has(placeOf(test, name)); count += 1) name = `${wanted} (${count})`;
    taken.add(placeOf(test, name));
    names.set(test, name);
  }
  return names;
}

/** What a consumer sees of it: escaped, and so without what XML can't write. */
function placeOf(test: TestRecord, name: string): string {
  return JSON.stringify([escape(classOf(test)), escape(name)]);
}

function classOf({ target, file }: TestRecord): string {
  return `${target}.${file}`;
}

type Names = ReadonlyMap<TestRecord, string>;
/** By the machines that left evidence. */
type Attachments = ReadonlyMap<string, readonly string[]>;

/** Disks and memory: large, and with secrets of the guest, which is why only their user can read them. */
function isPrivate(name: string): boolean {
  return isDisk(name) || name === MEMORY_FILE;
}

/** In the form of Jenkins' junit-attachments, which GitLab reads too. What has a bracket in its name would end it early. */
function attachments({ directory, files }: VmRecord, place: string): string[] {
  return files
    .filter((file) => !isPrivate(file))
    .map((file) => join(place, directory, file))
    .filter((path) => !/[\]\r\n]/.test(path))
    .map((path) => `[[ATTACHMENT|${path}]]`);
}

function suiteXml(name: string, tests: readonly TestRecord[], names: Names, kept: Attachments): string {
  const time = seconds(tests.reduce((sum, test) => sum + test.durationMs, 0));
  return [
    `  <testsuite${attributes({ name, ...totals(tests), time })}>`,
    ...tests.map((test) => caseXml(test, names.get(test) ?? test.promise, kept)),
    '  </testsuite>',
  ].join('\n');
}

function caseXml(test: TestRecord, name: string, kept: Attachments): string {
  const classname = classOf(test);
  const failures = test.quarantine === null ? test.failures.map(failureXml) : [];
  const children = [...failures, ...skippedXml(test), ...outputXml(test, kept)];
  const opening = `    <testcase${attributes({ name, classname, time: seconds(test.durationMs) })}`;
  return children.length === 0 ? `${opening}/>` : [`${opening}>`, ...children, '    </testcase>'].join('\n');
}

function failureXml(failure: TestRecord['failures'][number]): string {
  const element = failure.infrastructure ? 'error' : 'failure';
  const head = attributes({ type: failure.name, message: failure.message.split('\n', 1)[0] ?? '' });
  return `      <${element}${head}>${escape(failure.stack ?? failure.message)}</${element}>`;
}

/** Engines turn red for a `failure`, whatever its properties say, so a quarantined one is a test that was skipped. */
function skippedXml(test: TestRecord): string[] {
  if (test.quarantine !== null) {
    const [first] = test.failures;
    const message = `${quarantineText(test.quarantine)}: ${first?.message.split('\n', 1)[0] ?? ''}`;
    return [
      `      <skipped${attributes({ message })}>${escape(first?.stack ?? first?.message ?? '')}</skipped>`,
    ];
  }
  return test.state === 'skipped'
    ? [`      <skipped${attributes({ message: test.skipReason ?? '' })}/>`]
    : [];
}

function outputXml(test: TestRecord, kept: Attachments): string[] {
  const ids = test.vms.filter((id) => kept.has(id));
  const machines = ids.map((id) => `machine: vms/${id}/`);
  const evidence = test.state === 'failed' ? ids.flatMap((id) => kept.get(id) ?? []) : [];
  const lines = [...test.measurements.map(measurementText), ...machines, ...evidence];
  return lines.length === 0 ? [] : [`      <system-out>${escape(lines.join('\n'))}</system-out>`];
}

function totals(tests: readonly TestRecord[]) {
  const counted = tests.filter(({ quarantine }) => quarantine === null);
  const broken = counted.filter((test) => test.failures.some((failure) => failure.infrastructure)).length;
  const { failed, skipped } = count(tests);
  return { tests: tests.length, failures: failed - broken, errors: broken, skipped };
}

function attributes(values: Record<string, string | number>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escape(String(value)).replaceAll('\n', '&#10;')}"`)
    .join('');
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

/** XML 1.0 has no way at all to write most control characters, so they go. */
function escape(text: string): string {
  return plain(text)
    .replace(/[\ud800-\udfff\ufffe\uffff]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
