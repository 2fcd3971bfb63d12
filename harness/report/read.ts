import { stat } from 'node:fs/promises';
import { join } from 'node:path';

import { z } from 'zod';

import { messageOf, UsageError } from '../util/errors.ts';
import { readRegularFile } from '../util/files/regular-file.ts';
import { REPORT_VERSION, runReportSchema, type RunReport, type Verdict } from './schema.ts';

/** A report of thousands of tests is a few MiB; more than this is no report, and would not fit into the memory of a host. */
const MAX_BYTES = 256 * 2 ** 20;

/**
 * Reads the report of an earlier run.
 *
 * @param path a `run.json`, under whatever name, or the directory of a report.
 * @throws {UsageError} when there is none, or it is of another version of the schema.
 */
export async function readReport(path: string): Promise<RunReport> {
  const { file, json } = await jsonOf(path);
  const { success, data: version } = z.object({ reportVersion: z.number() }).safeParse(json);
  if (!success) throw new UsageError(`${file} is no run.json: it has no reportVersion.`);
  if (version.reportVersion !== REPORT_VERSION) {
    throw new UsageError(
      `${file} is of version ${version.reportVersion} of the schema; this Hotfire reads version ${REPORT_VERSION}.`,
      { hint: 'Use reports that the same Hotfire wrote, or the Hotfire that wrote them.' },
    );
  }
  const report = runReportSchema.safeParse(json);
  if (report.success) return report.data;
  const [fault] = report.error.issues;
  throw new UsageError(`${file} is no run.json: ${fault?.path.join('.') ?? ''}: ${fault?.message ?? ''}.`);
}

/** What tells a report from other JSON, whatever its version. */
const anyVersion = z.object({
  reportVersion: z.int().positive(),
  verdict: runReportSchema.shape.verdict,
  startedAt: z.iso.datetime(),
});

/**
 * How an earlier run ended.
 *
 * @param path as for `readReport`; it may be of another version of the schema.
 * @throws {UsageError} when there is no report.
 */
export async function readVerdict(path: string): Promise<Verdict> {
  const { file, json } = await jsonOf(path);
  const { success, data } = anyVersion.safeParse(json);
  if (success) return data.verdict;
  throw new UsageError(`${file} is no run.json: it has no reportVersion, verdict and startedAt.`);
}

async function jsonOf(path: string): Promise<{ readonly file: string; readonly json: unknown }> {
  const file = await reportFile(path);
  return { file, json: parsed(file, (await readRegularFile(file)).toString('utf8')) };
}

async function reportFile(path: string): Promise<string> {
  try {
    const found = await stat(path);
    const file = found.isDirectory() ? join(path, 'run.json') : path;
    const { size } = await stat(file);
    if (size <= MAX_BYTES) return file;
    throw new UsageError(`${file} has ${size} bytes; a run.json has at most ${MAX_BYTES}.`);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`Cannot read the report ${path}: ${messageOf(error)}.`, {
      cause: error,
      hint: 'Give a run.json, or the directory of a report that holds one.',
    });
  }
}

function parsed(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${file} is no run.json: ${messageOf(error)}.`, { cause: error });
  }
}
