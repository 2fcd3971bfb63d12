import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { ARCHITECTURES, parseArchitecture } from './architecture.ts';
import { UsageError } from './errors.ts';

const ROOT = join(import.meta.dirname, '../..');
const NAMES = /\b(?:x86_64|aarch64|amd64|arm64)\b/;
const COMMENT = /^\s*(?:\*|\/[/*]).*$/gm;

/** Those of the table in CONTRIBUTING.md. */
const MAY_NAME_THEM =
  /^(?:harness\/(?:util\/architecture|vm\/reservation\/need)|harness\/(?:qemu\/machines|guest\/diagnosis\/blame)\/[\w-]+|images\/builder\/architectures)\.ts$/;

it('only the files that CONTRIBUTING.md lists name an architecture', async () => {
  const found: string[] = [];
  for (const folder of ['harness', 'images/builder', 'scripts', 'firmware']) {
    for (const name of await readdir(join(ROOT, folder), { recursive: true })) {
      if (!name.endsWith('.ts') || /\.test\.ts$|(?:^|\/)testing\//.test(name)) continue;
      const source = await readFile(join(ROOT, folder, name), 'utf8');
      if (NAMES.test(source.replaceAll(COMMENT, ''))) found.push(`${folder}/${name}`);
    }
  }
  expect(found).toContain('harness/util/architecture.ts');
  expect(found.filter((path) => !MAY_NAME_THEM.test(path))).toEqual([]);
});

it('an alias stands for the architecture, anything else is wrong use', () => {
  expect(ARCHITECTURES.map(parseArchitecture)).toEqual([...ARCHITECTURES]);
  expect(parseArchitecture('ARM64')).toBe('aarch64');
  expect(() => parseArchitecture('riscv64')).toThrow(UsageError);
});
