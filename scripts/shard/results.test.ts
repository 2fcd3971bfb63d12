import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';

import { expect, it } from 'vitest';

import { InfrastructureError } from '../../harness/util/errors.ts';
import { scratchDirectory } from '../../harness/util/testing/scratch.ts';
import { publishReports } from './results.ts';

async function reports(directory: string, files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(`${directory}/${name}`, text);
}

it('reports replace those of an earlier try, and what one left that was killed', async () => {
  const scratch = await scratchDirectory();
  await reports(scratch('reports/1-of-2'), { a: 'first', b: 'first' });
  await publishReports(scratch('reports/1-of-2'), scratch('results'));
  await reports(scratch('results/.1-of-2.unfinished'), { c: 'torn' });
  await reports(scratch('results/.1-of-2.replaced'), { d: 'old' });
  await reports(scratch('again/1-of-2'), { a: 'second' });
  await chmod(scratch('again/1-of-2/a'), 0o600);
  await publishReports(scratch('again/1-of-2'), scratch('results'));
  expect(await readdir(scratch('results'))).toEqual(['1-of-2']);
  expect(await readdir(scratch('results/1-of-2'))).toEqual(['a']);
  expect(await readFile(scratch('results/1-of-2/a'), 'utf8')).toBe('second');
  expect((await stat(scratch('results/1-of-2/a'))).mode & 0o777).toBe(0o600);
});

it('what cannot be copied costs no earlier report, and is the fault of the host', async () => {
  const scratch = await scratchDirectory();
  await reports(scratch('results/1-of-2'), { a: 'first' });
  const published = publishReports(scratch('nowhere/1-of-2'), scratch('results'));
  await expect(published).rejects.toThrow(InfrastructureError);
  await expect(published).rejects.toThrow(/Cannot put the reports into .*--results/s);
  expect(await readFile(scratch('results/1-of-2/a'), 'utf8')).toBe('first');
});
