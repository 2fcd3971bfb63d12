import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { linkedLibraries, linkedModules, readBuildInfo } from './modules.ts';
import { moduleDirectory } from './toolchain.ts';

const BUILD_INFO = [
  '/hotfire/output/bin/one: go1.27.4',
  '\tpath\texample.org/one',
  '\tmod\texample.org/one\tv1.4.4\th1:abc=',
  '\tdep\tgithub.com/Some/Thing\tv0.1.0\th1:def=',
  '\tbuild\t-tags=netgo',
  '/hotfire/output/bin/two: go1.27.4',
  '\tmod\texample.org/one\tv1.4.4\th1:abc=',
  '',
].join('\n');

describe('readBuildInfo', () => {
  it('names the compiler and every module, each once', () => {
    expect(readBuildInfo(BUILD_INFO)).toEqual([
      { name: 'example.org/one', version: 'v1.4.4' },
      { name: 'github.com/Some/Thing', version: 'v0.1.0' },
      { name: 'stdlib', version: '1.27.4' },
    ]);
  });
});

describe('linkedModules', () => {
  let work: string;
  beforeAll(async () => {
    work = await mkdtemp(join(tmpdir(), 'modules-'));
    const one = moduleDirectory(work, 'example.org/one', 'v1.4.4');
    await mkdir(one, { recursive: true });
    await writeFile(join(one, 'LICENSE.MIT'), 'Permission is hereby granted, free of charge, to any person');
    await writeFile(join(one, 'COPYING'), 'Mozilla Public License Version 2.0');
    await writeFile(join(one, 'licenses.go'), 'Apache License Version 2.0');
    await mkdir(join(work, 'modules/github.com/!some/!thing@v0.1.0'), { recursive: true });
  });
  afterAll(() => rm(work, { recursive: true }));

  it('reads the licences where the modules are unpacked', async () => {
    expect(await linkedModules(BUILD_INFO, work)).toEqual([
      { type: 'golang', name: 'example.org/one', version: 'v1.4.4', licence: 'MIT AND MPL-2.0' },
      { type: 'golang', name: 'github.com/Some/Thing', version: 'v0.1.0' },
      { type: 'golang', name: 'stdlib', version: '1.27.4', licence: 'BSD-3-Clause' },
    ]);
  });
});

describe('linkedLibraries', () => {
  const list = 'liba-dev:amd64 1.0-1 amd64\nliba-dev-arm64-cross 1.0-1cross1 all\nlibb-dev:arm64 2.0 arm64\n';

  it('finds libraries of both kinds of packages', () => {
    expect(linkedLibraries(list, ['liba-dev', 'libb-dev'], 'arm64')).toEqual([
      { type: 'deb', name: 'liba-dev', version: '1.0-1cross1' },
      { type: 'deb', name: 'libb-dev', version: '2.0' },
    ]);
  });

  it('knows no version of what is not there', () => {
    expect(() => linkedLibraries(list, ['libb-dev'], 'amd64')).toThrow('The SDK has no libb-dev for amd64.');
  });
});
