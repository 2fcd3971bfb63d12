import { readdir, writeFile } from 'node:fs/promises';

import { describe, expect, it } from 'vitest';

import { InfrastructureError, UsageError } from '../../../harness/util/errors.ts';
import { exists } from '../../../harness/util/files/look.ts';
import { scratchDirectory } from '../../../harness/util/testing/scratch.ts';
import { ReportDirectory } from './directory.ts';

describe('a report directory', () => {
  it('keeps an earlier report until it is cleared', async () => {
    const scratch = await scratchDirectory();
    await writeFile(scratch('run.json'), 'old');
    await writeFile(scratch('index.html.unfinished'), 'of a run that was killed');
    using directory = await ReportDirectory.reserve('/', scratch('.'));
    expect(await readdir(scratch('.'))).toContain('run.json');
    await directory.clear();
    expect(await readdir(scratch('.'))).toEqual(['.in-use']);
  });

  it('with other things in it is refused and left alone', async () => {
    const scratch = await scratchDirectory();
    await writeFile(scratch('thesis.tex'), 'years');
    await expect(ReportDirectory.reserve('/', scratch('.'))).rejects.toThrow(
      /holds other things \(thesis.tex\)/,
    );
    expect(await readdir(scratch('.'))).toEqual(['thesis.tex']);
  });

  it('is refused while another run uses it, and no longer', async () => {
    const scratch = await scratchDirectory();
    const first = await ReportDirectory.reserve('/', scratch('out'));
    const second = ReportDirectory.reserve('/', scratch('out'));
    await expect(second).rejects.toThrow(UsageError);
    await expect(second).rejects.toThrow(/Another run is writing its report to .*out/);
    await writeFile(scratch('out/run.json'), '');
    first[Symbol.dispose]();
    using third = await ReportDirectory.reserve('/', scratch('out'));
    expect(third.path).toBe(scratch('out'));
  });

  it('goes when nothing was reported', async () => {
    const scratch = await scratchDirectory();
    (await ReportDirectory.reserve('/', scratch('out')))[Symbol.dispose]();
    expect(await exists(scratch('out'))).toBe(false);
  });

  it.each(['/proc/nowhere', '/sys/nowhere', '/dev/null/below'])('at %s is refused at once', async (path) => {
    await expect(ReportDirectory.reserve('/', path)).rejects.toThrow(InfrastructureError);
  });
});
