import { readFile } from 'node:fs/promises';

import { format, resolveConfig } from 'prettier';
import { expect, test } from 'vitest';
import { z } from 'zod';

import { REPORT_VERSION, runReportSchema } from './schema.ts';

const SCHEMA_FILE = new URL('../../docs/run-report.schema.json', import.meta.url).pathname;

test('the schema for readers of run.json is up to date', async () => {
  const json = JSON.stringify(z.toJSONSchema(runReportSchema, { io: 'input' }));
  const options = { ...(await resolveConfig(SCHEMA_FILE)), parser: 'json' };
  const hint = 'out of date; regenerate it with: npx vitest run harness/report/schema.test.ts --update';
  await expect(await format(json, options)).toMatchFileSnapshot(SCHEMA_FILE, hint);
  // An absent snapshot would have been written, and passed.
  expect(JSON.parse(await readFile(SCHEMA_FILE, 'utf8'))).toMatchObject({
    type: 'object',
    properties: { reportVersion: { const: REPORT_VERSION } },
  });
});
