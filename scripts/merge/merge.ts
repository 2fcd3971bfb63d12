import { lstat, stat } from 'node:fs/promises';
import { join as joinPath } from 'node:path';

import type { Quarantine } from '../../harness/report/quarantine/apply.ts';
import { readReport } from '../../harness/report/read.ts';
import { REPORT_VERSION, type RunReport, type TestRecord } from '../../harness/report/schema.ts';
import { messageOf, UsageError } from '../../harness/util/errors.ts';
import { readPlan } from '../plan/schema.ts';
import type { ReportDirectory } from '../runner/reports/directory.ts';
import { verdictOf } from '../runner/verdict.ts';
import { copyEvidence } from './evidence.ts';
import { join, mergedId, type Part } from './join.ts';
import { isInterrupted, lostRecord, missingShards } from './missing.ts';
import type { MergeRequest } from './request.ts';

/**
 * Reads the reports, and copies their evidence.
 *
 * @param out the directory of the merged report, which is there; an earlier report in it goes.
 * @throws {UsageError} for reports that can't be one; {InfrastructureError} when evidence can't be written.
 */
export async function mergeReports(
  { plan, reports }: MergeRequest,
  out: Pick<ReportDirectory, 'path' | 'clear'>,
  quarantine: Quarantine,
): Promise<RunReport> {
  const planned = plan === undefined ? undefined : await readPlan(plan);
  const { parts, lost } = await readParts(reports);
  requireOneCommit(parts);
  const read = parts.map(({ report }) => report);
  const tests = [...lost, ...(planned === undefined ? [] : missingShards(planned, read))];
  const joined = parts.length === 0 ? NOTHING : join(parts);
  const interrupted = isInterrupted(read);
  const all = quarantine.applyTo([...joined.tests, ...tests], interrupted);
  // Only now, so that what is wrong with the reports costs no earlier report.
  await out.clear();
  const { vms, remarks } = await evidenceOf(parts, joined.vms, out.path);
  return {
    ...joined,
    reportVersion: REPORT_VERSION,
    verdict: verdictOf(all, interrupted),
    commandLine: ['npm run merge --', ...process.argv.slice(2)].join(' '),
    commit: commitOf(read),
    host: hostOf(read),
    tests: all,
    vms,
    remarks: [...joined.remarks, ...remarks],
  };
}

const NOTHING = {
  ...{ startedAt: new Date(0).toISOString(), durationMs: 0 },
  ...{ targets: [], tests: [], fileSteps: [], vms: [], lives: [], remarks: [] },
};

/** A run that died has left a directory, but no `run.json` in it. */
async function readParts(paths: readonly string[]): Promise<{ parts: Part[]; lost: TestRecord[] }> {
  const parts: Part[] = [];
  const lost: TestRecord[] = [];
  for (const [index, path] of paths.entries()) {
    const found = await stat(path).catch((error: unknown) => {
      throw new UsageError(`Cannot read the report ${path}: ${messageOf(error)}.`, { cause: error });
    });
    if (!found.isDirectory()) {
      throw new UsageError(`${path} is no directory; a report is merged with its evidence.`, {
        hint: 'Give the directory that npm test was given with --report.',
      });
    }
    const file = joinPath(path, 'run.json');
    const json = await lstat(file).catch(() => undefined);
    if (json?.isSymbolicLink() === true) throw new UsageError(`${file} is a link, not a file.`);
    if (json !== undefined) parts.push({ prefix: String(index + 1), path, report: await readReport(file) });
    else lost.push(lostRecord(path, `${path} has no run.json: the run that should have written it died.`));
  }
  return { parts, lost };
}

function requireOneCommit(parts: readonly Part[]): void {
  const [first, ...others] = parts;
  const other = others.find(({ report }) => report.commit?.id !== first?.report.commit?.id);
  if (first === undefined || other === undefined) return;
  const [a, b] = [first, other].map(
    ({ path, report }) => `${path} is of ${report.commit?.id ?? 'no commit'}`,
  );
  throw new UsageError(`Reports of different commits can't be one verdict: ${a ?? ''}, ${b ?? ''}.`, {
    hint: 'Run all shards from one checkout; compare two commits with npm run compare.',
  });
}

async function evidenceOf(
  parts: readonly Part[],
  kept: RunReport['vms'],
  out: string,
): Promise<Pick<RunReport, 'vms' | 'remarks'>> {
  const left = new Map<string, readonly string[]>();
  const remarks: string[] = [];
  const wanted = new Set(kept.map(({ id }) => id));
  for (const { prefix, path, report } of parts) {
    const vms = report.vms.filter(({ id }) => wanted.has(mergedId(prefix, id)));
    const evidence = await copyEvidence(path, vms, (id) => joinPath(out, 'vms', mergedId(prefix, id)));
    for (const [id, files] of evidence.files) left.set(mergedId(prefix, id), files);
    remarks.push(...evidence.remarks);
  }
  return { vms: kept.map((vm) => ({ ...vm, files: [...(left.get(vm.id) ?? [])] })), remarks };
}

function commitOf(reports: readonly RunReport[]): RunReport['commit'] {
  const id = reports[0]?.commit?.id;
  return id === undefined ? null : { id, modified: reports.some(({ commit }) => commit?.modified === true) };
}

function hostOf(reports: readonly RunReport[]): RunReport['host'] {
  const hosts = reports.map(({ host }) => host);
  const names = (key: 'system' | 'node'): string =>
    [...new Set(hosts.map((host) => host[key]))].sort().join('; ');
  const smallest = (key: 'cpus' | 'memoryMiB'): number =>
    hosts.reduce((least, host) => Math.min(least, host[key]), hosts[0]?.[key] ?? 0);
  return {
    system: names('system'),
    node: names('node'),
    cpus: smallest('cpus'),
    memoryMiB: smallest('memoryMiB'),
  };
}
