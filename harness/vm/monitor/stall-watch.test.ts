import { setTimeout as sleep } from 'node:timers/promises';

import { expect, onTestFinished, test, vi } from 'vitest';

import { Deadline } from '../../util/deadline.ts';
import { StallWatch, whereCpusAre } from './stall-watch.ts';
import { scriptedMachine, type ScriptedMachine } from '../testing/scripted-machine.ts';

const SILENT_MS = 100;

async function watched(): Promise<ScriptedMachine & { readonly stalls: StallWatch }> {
  const machine = await scriptedMachine();
  const stalls = new StallWatch(machine.connections, SILENT_MS);
  onTestFinished(() => {
    stalls.stop();
  });
  return { ...machine, stalls };
}

function until(what: string, holds: () => boolean): Promise<true> {
  return Deadline.after(60_000, what).poll(() => holds() || undefined, 10);
}

test('of a machine that says nothing, the last two looks are kept', async () => {
  const { stalls } = await watched();
  await until('two looks', () => stalls.samples.length === 2);
  await sleep(3 * SILENT_MS);
  expect(stalls.samples).toEqual([
    expect.stringMatching(/^Silent for \d+ s: /),
    expect.stringMatching(/^Silent for \d+ s: /),
  ]);
});

test('takes no samples while the console goes on, nor after a stop', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  const { stalls, say, connections } = await watched();
  for (let lines = 0; lines < 20; lines += 1) {
    say(`line ${lines}\n`);
    await connections.console.waitFor(new RegExp(`^line ${lines}$`), Deadline.after(60_000, 'the line'));
    vi.advanceTimersByTime(SILENT_MS * 0.8);
  }
  stalls.stop();
  vi.advanceTimersByTime(3 * SILENT_MS);
  // Answers come in order: with this one, that to a look would be there.
  await connections.qmp.execute('query-status', undefined, Deadline.after(60_000, 'an answer'));
  expect(stalls.samples).toEqual([]);
});

test('registers of both architectures are read, whatever else is printed', () => {
  const x86 = 'CPU#0\nRAX=1 RBX=2\nRIP=000000003fae83c8 RFL=00000246 [---Z-P-] HLT=0\n';
  const halted = 'CPU#1\nEAX=1\nEIP=0000fff0 EFL=00000002 HLT=1\n';
  expect(whereCpusAre(`\r\n${x86}${halted}`)).toBe('CPU 0 at 000000003fae83c8, CPU 1 at 0000fff0 (halted)');
  expect(whereCpusAre('CPU#0\n PC=ffff800080010000 X00=1\n')).toBe('CPU 0 at ffff800080010000');
  expect(whereCpusAre('CPU#0\n')).toBe('CPU 0 at an unknown address');
  expect(whereCpusAre('unknown command')).toBe('');
});
