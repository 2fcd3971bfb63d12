import { availableParallelism } from 'node:os';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { UsageError } from '../../harness/util/errors.ts';
import { parseCommandLine } from '../cli/command.ts';
import { filesOf, requireWork } from './plan/projects.ts';
import { TEST_COMMAND } from './command.ts';
import { parseRequest } from './request.ts';
import { inShard } from './plan/shard.ts';
import { verdictOf } from './verdict.ts';

const KNOWN = {
  suites: ['api', 'boot'],
  suiteFiles: ['api/tx', 'boot/verity'],
  variants: ['metal-containerd', 'metal-dev'],
};

function request(...args: string[]) {
  const { flags, positionals } = parseCommandLine(TEST_COMMAND, args);
  return parseRequest(flags, positionals, KNOWN);
}

describe('parseRequest', () => {
  it('takes everything on the default variant when nothing is chosen', () => {
    expect(request()).toMatchObject({
      suites: ['api', 'boot'],
      allSuites: true,
      variants: ['metal-containerd'],
      repeat: 1,
      jobs: Math.min(availableParallelism() + 1, 4),
      shard: { index: 1, total: 1 },
    });
  });

  it('takes bare words as suites, since npm swallows --suite without the two dashes', () => {
    expect(request('boot', '--suite', 'api,boot')).toMatchObject({
      suites: ['boot', 'api'],
      allSuites: false,
    });
  });

  it('runs one file at a time to show it, and refuses more', () => {
    expect(request('--debug')).toMatchObject({ debug: true, jobs: 1 });
    expect(() => request('--debug', '--jobs', '2')).toThrow(
      '--debug shows one suite file at a time; leave --jobs 2 out.',
    );
  });

  it('keeps the memory of failed machines when asked to, and only then', () => {
    expect(request('--keep-memory').keepMemory).toBe(true);
    expect(request('--keep-vm').keepMemory).toBe(false);
    expect(() => request('--keep-memory=1')).toThrow(UsageError);
  });

  it('takes files of suites, too', () => {
    expect(request('--suite', 'api,boot/verity').suites).toEqual(['api', 'boot/verity']);
    expect(() => request('boot/veryti')).toThrow('Unknown suite "boot/veryti"; did you mean "boot/verity"?');
  });

  it('knows architectures by their other names, once each', () => {
    expect(request('--arch', 'amd64,arm64,x86_64').archs).toEqual(['x86_64', 'aarch64']);
  });

  it.each([
    [['--suit', 'boot'], 'Unknown flag "--suit"; did you mean "--suite"? Known flags: --suite,'],
    [['bot'], 'Unknown suite "bot"; did you mean "boot"? Known suites: api, boot.'],
    [['--suite', 'api,,boot'], 'has an empty name in it'],
    [['--variant', 'metal'], 'Unknown variant "metal". Known variants: metal-containerd, metal-dev.'],
    [['--arch', 'riscv64'], 'Unknown architecture "riscv64"'],
    [['--jobs', '0'], '--jobs 0: it must be a whole number from 1'],
    [['--shard', '3/2'], '--shard 3/2 is no shard; it must be I/N'],
    [['--shard', '0/2'], '--shard 0/2 is no shard'],
    [['--disk-size', '8'], '--disk-size 8: it must be a whole number with the unit M, G or T'],
    [['--repeat', '0'], '--repeat 0: it must be a whole number from 1.'],
    [['--image', 'nowhere.img'], 'There is no image at "nowhere.img".'],
    [['--image', '/', '--variant', 'metal-dev'], '--image and --variant exclude each other'],
    [['--image', '/', '--arch', 'x86_64,aarch64'], 'has one architecture'],
    [['--next-image', '/'], '--next-image goes with --image'],
    [['--image', '/', '--next-image', 'nowhere.img'], 'There is no image at "nowhere.img".'],
  ])('refuses %j', (args, message) => {
    expect(() => request(...args)).toThrow(UsageError);
    expect(() => request(...args)).toThrow(message);
  });
});

describe('requireWork', () => {
  it('takes a file for TAP only where one can be written', () => {
    expect(request('--tap', 'run.tap').tapPath).toBe('run.tap');
    expect(request().tapPath).toBeUndefined();
    expect(() => request('--tap', 'nowhere/run.tap')).toThrow(/there is no directory nowhere\./);
    for (const other of ['harness', '/dev/null'])
      expect(() => request('--tap', other)).toThrow(`--tap ${other} is not a file.`);
  });

  it('refuses a shard that would be empty, before anything is built', () => {
    const suites = new Map([
      ['api', ['/suites/api/a.suite.ts']],
      ['boot', ['/suites/boot/b.suite.ts', '/suites/boot/c.suite.ts']],
    ]);
    expect(() => {
      requireWork(request('--shard', '3/9'), suites, '/suites');
    }).not.toThrow();
    expect(() => {
      requireWork(request('--shard', '4/9'), suites, '/suites');
    }).toThrow('Shard 4/9 is empty: there are 3 suite files to share out.');
    expect(() => {
      requireWork(request('--shard', '4/9', '--arch', 'x64,arm64'), suites, '/suites');
    }).not.toThrow();
  });
});

describe('filesOf', () => {
  it('leaves out suites and files as it is told', () => {
    const suites = new Map([
      ['api', ['/suites/api/a.suite.ts']],
      ['boot', ['/suites/boot/b.suite.ts', '/suites/boot/verity.suite.ts']],
    ]);
    const files = (...args: string[]) => filesOf(request(...args), suites, '/suites');
    expect(files('--without', 'boot/verity')).toEqual(['/suites/api/a.suite.ts', '/suites/boot/b.suite.ts']);
    expect(files('--suite', 'boot', '--without', 'boot/verity')).toEqual(['/suites/boot/b.suite.ts']);
    expect(files('--without', 'boot')).toEqual(['/suites/api/a.suite.ts']);
    expect(() => files('--without', 'bot')).toThrow(/Unknown suite "bot"; did you mean "boot"/);
  });
});

describe('inShard', () => {
  it('deals every item to exactly one shard', () => {
    const total = fc.integer({ min: 1, max: 9 });
    fc.assert(
      fc.property(fc.array(fc.integer()), total, (items, shards) => {
        const parts = Array.from({ length: shards }, (_, index) =>
          inShard(items, { index: index + 1, total: shards }),
        );
        expect(parts.flat().sort()).toEqual([...items].sort());
        const sizes = parts.map((part) => part.length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('verdictOf', () => {
  const passed = { state: 'passed', failures: [] } as const;
  const skipped = { state: 'skipped', failures: [] } as const;
  const broken = { state: 'failed', failures: [{ infrastructure: false }] } as const;
  const lost = { state: 'failed', failures: [{ infrastructure: true }] } as const;

  it.each([
    [[passed, skipped], 'passed'],
    [[passed, broken], 'failed'],
    [[passed, lost], 'infrastructure'],
    [[lost, broken], 'failed'],
    [[skipped], 'failed'],
    [[], 'failed'],
  ])('of %j is %s', (tests, verdict) => {
    expect(verdictOf(tests, false)).toBe(verdict);
    expect(verdictOf(tests, true)).toBe('interrupted');
  });
});
