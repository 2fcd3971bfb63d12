import { readFile } from 'node:fs/promises';

import { describe, expect, it } from 'vitest';

import { readElfDynamic } from './elf-dynamic.ts';
import { makeElf } from './testing/make-elf.ts';

describe('readElfDynamic', () => {
  it('reads loader, libraries and search paths', () => {
    const file = makeElf({
      interpreter: '/lib64/ld.so',
      needed: ['liba.so.1', 'libb.so.2'],
      runpath: '/x:$ORIGIN/y',
    });
    expect(readElfDynamic(file)).toEqual({
      machine: 62,
      interpreter: '/lib64/ld.so',
      needed: ['liba.so.1', 'libb.so.2'],
      searchPaths: ['/x', '$ORIGIN/y'],
    });
  });

  it("reads a real program's needs", async () => {
    const dynamic = readElfDynamic(await readFile(process.execPath));
    expect(dynamic?.needed).toContain('libc.so.6');
    expect(dynamic?.interpreter).toMatch(/\/ld-linux-[^/]+\.so\.\d$/);
  });

  it('takes a script, an empty file and a 32-bit program for none', () => {
    expect(readElfDynamic(Buffer.from('#!/bin/sh\n'.padEnd(80)))).toBeUndefined();
    expect(readElfDynamic(Buffer.alloc(0))).toBeUndefined();
    const narrow = makeElf({});
    narrow.writeUInt8(1, 4);
    expect(readElfDynamic(narrow)).toBeUndefined();
  });
});
