import { stripVTControlCharacters } from 'node:util';

import { expect, onTestFinished, test, vi } from 'vitest';

import { LiveArea } from '../live/area.ts';
import type { UsualDuration } from '../live/usual.ts';
import { TerminalReporter } from './terminal-reporter.ts';
import type { TestRecord } from '../schema.ts';

const scope = { at: 1, repetition: 1, file: 'boot/state.suite.ts', test: null };

function linesOf(report: (progress: TerminalReporter) => void): string[] {
  const lines: string[] = [];
  const write = (text: string): number => lines.push(stripVTControlCharacters(text));
  using progress = new TerminalReporter({ write, debug: false });
  report(progress);
  return lines;
}

test('a limitation is shown once for each target', () => {
  const lines = linesOf((progress) => {
    for (const target of ['a', 'a', 'b']) {
      progress.event({ kind: 'limitation', ...scope, target, text: 'no forks' });
    }
    progress.event({ kind: 'limitation', ...scope, target: 'a', text: 'no network' });
  });
  expect(notes(lines)).toEqual(['no forks', 'no forks', 'no network']);
});

test('a notice is shown every time', () => {
  const notice = { kind: 'notice', ...scope, target: 'a', text: 'boots a machine once' } as const;
  const lines = linesOf((progress) => {
    for (let times = 0; times < 2; times += 1) progress.event(notice);
  });
  expect(notes(lines)).toEqual(['boots a machine once', 'boots a machine once']);
});

function notes(lines: readonly string[]): string[] {
  return lines.flatMap((line) => /^ {2}note {2}(.*)\n$/.exec(line)?.[1] ?? []);
}

const passed: TestRecord = {
  ...{
    suite: 'boot',
    file: 'boot/a.suite.ts',
    target: 'a',
    repetition: 1,
    promise: 'it boots',
    state: 'passed',
    skipReason: null,
  },
  ...{ startMs: 0, durationMs: 1000, failures: [], quarantine: null, reproduce: null },
  ...{ steps: [], measurements: [], vms: [] },
};
const context = { vms: [], reportDirectory: 'out', imageFlags: '' };

test('each line is under the heading of its file, repeated when files alternate', () => {
  const lines = linesOf((progress) => {
    for (const file of ['boot/a.suite.ts', 'boot/a.suite.ts', 'boot/b.suite.ts', 'boot/a.suite.ts']) {
      progress.verdict({ ...passed, file }, context);
    }
    progress.verdict({ ...passed, repetition: 2 }, context);
  });
  const ok = '  ok    it boots  1.0 s\n';
  expect(lines).toEqual([
    ...['\nboot/a.suite.ts  a\n', ok, ok, '\nboot/b.suite.ts  a\n', ok, '\nboot/a.suite.ts  a\n', ok],
    ...['\nboot/a.suite.ts  a, run 2\n', ok],
  ]);
});

test('the heartbeat shows each running test with its step and latest progress', () => {
  vi.useFakeTimers({ now: 0 });
  onTestFinished(() => void vi.useRealTimers());
  const lines = linesOf((progress) => {
    progress.verdict(passed, context);
    for (const [test, name, file] of [
      ['1', 'first', 'boot/a.suite.ts'],
      ['2', 'second', 'boot/b.suite.ts'],
      ['3', 'third', 'boot/b.suite.ts'],
      ['4', 'fourth', 'boot/c.suite.ts'],
    ] as const) {
      progress.event({ kind: 'test-started', ...scope, at: 0, target: 'a', file, test, name });
    }
    // Its end is reported after the beginning of the next one.
    progress.testEnded('2', { ...passed, file: 'boot/b.suite.ts' });
    progress.testEnded('4', { ...passed, file: 'boot/c.suite.ts' });
    const ofThird = { ...scope, at: 0, target: 'a', file: 'boot/b.suite.ts', test: '3' };
    progress.event({ kind: 'step-started', ...ofThird, step: '7', name: 'cold boot' });
    progress.event({ kind: 'progress', ...ofThird, text: 'console: hello' });
    vi.advanceTimersByTime(10_000);
  });
  expect(lines.slice(2)).toEqual([
    '  ....  first, 10 s\n',
    '  ....  boot/b.suite.ts: cold boot, 10 s; console: hello\n',
  ]);
});

const running = { ...scope, at: 0, target: 'a', file: 'boot/a.suite.ts', test: '1' };

test('in a log each step is a line when it is done', () => {
  const lines = linesOf((progress) => {
    progress.event({ kind: 'step-started', ...running, step: '7', name: 'cold boot' });
    progress.event({ kind: 'step-started', ...running, step: '8', name: 'ask the API' });
    progress.event({ kind: 'step-ended', ...running, step: '8', durationMs: 2000, error: 'no answer' });
    progress.event({ kind: 'step-ended', ...running, step: '7', durationMs: 12_000, error: null });
  });
  // Of one that broke, the failure of its test tells all.
  expect(lines.slice(1)).toEqual(['  step  cold boot  12 s\n']);
});

test('on a terminal stage, usual time and consoles are drawn in place', () => {
  vi.useFakeTimers({ now: 0 });
  onTestFinished(() => void vi.useRealTimers());
  const written: string[] = [];
  const write = (text: string): number => written.push(stripVTControlCharacters(text));
  const area = new LiveArea(write, () => ({ columns: 60, rows: 10 }));
  const usual: UsualDuration = ({ promise }) => (promise === 'first' ? 90_000 : undefined);
  {
    using progress = new TerminalReporter({ write, debug: false, live: { area, usual } });
    progress.event({ kind: 'test-started', ...running, name: 'first' });
    progress.event({ kind: 'step-started', ...running, step: '7', name: 'cold boot' });
    progress.event({ kind: 'progress', ...running, vm: 'vm-1', text: 'console: \bLinux' });
    vi.advanceTimersByTime(12_000);
    expect(written.at(-1)).toBe(
      '\r> 12 s of 1 min 30 s  boot/a.suite.ts: first: cold boot\n    vm-1 | Linux\n',
    );
    progress.event({ kind: 'step-ended', ...running, step: '7', durationMs: 12_000, error: null });
    progress.testEnded('1', running);
    progress.verdict(passed, context);
    vi.advanceTimersByTime(500);
  }
  expect(written.slice(-3).join('')).toMatch(/ok {4}it boots {2}1\.0 s\n[^]*\r$/);
  expect(written.join('')).not.toContain('step  cold boot');
});
