import { describe, expect, it } from 'vitest';

import { UsageError } from '../../../harness/util/errors.ts';
import { ARCHITECTURES } from '../../../harness/util/architecture.ts';
import { listExamples, readExample } from './example.ts';

describe('examples', () => {
  it('have files without mistakes on every architecture', async () => {
    const names = await listExamples();
    expect(names).toContain('debian');
    for (const name of names) {
      for (const arch of ARCHITECTURES) expect((await readExample(name, arch)).family).toBe('debian');
    }
  });

  it('are listed for who names an unknown one', async () => {
    const reading = readExample('fedora', 'x86_64');
    await expect(reading).rejects.toThrow(UsageError);
    await expect(reading).rejects.toThrow(/"fedora".*debian, debian-4k/s);
  });

  it('take console and kernel of the architecture', async () => {
    const example = await readExample('debian', 'aarch64');
    expect(example.kernelCommandLine).toContain('console=ttyAMA0');
    expect(example.packages).toContain('linux-image-arm64');
    expect(example.packages).not.toContain('linux-image-amd64');
  });

  it('differ from their flavors by what those say', async () => {
    const base = await readExample('debian', 'x86_64');
    const flavor = await readExample('debian-4k', 'x86_64');
    expect(flavor).toEqual({ ...base, sectorBytes: 4096 });
    expect((await readExample('debian-silent', 'x86_64')).kernelCommandLine).not.toContain('console=ttyS0');
    expect((await readExample('debian-bridge', 'x86_64')).trees).toEqual(['files', 'bridge']);
  });
});
