import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import { execa } from 'execa';
import { describe, expect, test } from 'vitest';

import { which } from '../../../harness/process/which.ts';
import { pty, runVm, TerminalProgram } from '../../vm/testing/command-lines.ts';
import { ownSuite } from './testing/own-suite.ts';

const qemu = await which('qemu-system-x86_64');
const LIMIT_MS = 15_000;
const FAILING = `
  const failing = async ({ machines }) => {
    await using vm = await (await machines.assemble({ memoryMiB: 256, cpus: 1 })).start();
    expect(vm.isFork).toBe(true);
  };
`;

describe.skipIf(qemu === undefined || pty === undefined)('npm test -- --debug (needs qemu)', () => {
  test('holds the machines of failed tests, past their limit', { timeout: 900_000 }, async () => {
    const { args } = await ownSuite(`${FAILING}
      test('first', { timeout: ${LIMIT_MS} }, failing);
      test('second', failing);
      test('third passes', () => undefined);
    `);
    const run = new TerminalProgram([...args, '--debug']);
    const [, name = ''] = await run.shows(/held {2}first[^]*end: npm run vm -- stop (\S+)[^]*Enter here/);
    expect(run.shown).toMatch(
      /console: npm run vm -- console \S+[^]*QMP: socat - UNIX-CONNECT:\S+spare-qmp.sock/,
    );
    await sleep(LIMIT_MS);
    expect((await runVm('list')).stdout).toContain(`${name}  running`);
    expect(run.shown).not.toContain('FAIL');
    expect((await runVm('stop', name)).stdout).toBe(`${name} is stopped.`);
    // Vitest may hand over the first one's result only when the second one has ended.
    await run.shows(/held {2}second\s+expected false to be true/);
    run.type('\r');
    await run.shows(/FAIL {2}first[^]*FAIL {2}second[^]*ok {4}third/);
    expect(await run.exited).toBe(1);
    expect(run.shown).toMatch(/AssertionError: expected false to be true/);
    expect(run.shown).not.toContain('Test timed out');
  });

  test('ends what it holds when it is interrupted', { timeout: 900_000 }, async () => {
    const { args } = await ownSuite(`${FAILING}
      test('first', failing);
    `);
    const run = new TerminalProgram([...args, '--debug']);
    const [, directory = ''] = await run.shows(/UNIX-CONNECT:(\S+)\/spare-qmp\.sock[^]*Enter here/);
    expect(existsSync(directory)).toBe(true);
    run.type('\x03');
    expect(await run.exited).toBe(130);
    expect(existsSync(directory)).toBe(false);
  });

  test('holds nothing without a terminal, and one file at a time', { timeout: 900_000 }, async () => {
    const { args } = await ownSuite(`${FAILING}
      test('first', failing);
    `);
    const options = { reject: false, stdin: 'ignore' } as const;
    const { stdout, exitCode } = await execa(process.execPath, [...args, '--debug'], options);
    expect(exitCode).toBe(1);
    expect(stdout).not.toContain('held');
    const refused = await execa(process.execPath, [...args, '--debug', '--jobs', '2'], options);
    expect(refused.stderr).toMatch(/--debug shows one suite file at a time; leave --jobs 2 out\./);
    expect(refused.exitCode).toBe(64);
  });
});
