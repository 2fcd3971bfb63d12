import { writeFile } from 'node:fs/promises';

import { expect, test } from 'vitest';

import { pty, TerminalProgram } from '../../vm/testing/command-lines.ts';
import { Workplace } from './testing/workplace.ts';

const SUITE = `
  import { existsSync } from 'node:fs';
  test('waits', async ({ task }) => {
    setScene(task.file.filepath, task.id);
    emit({ kind: 'test-started', name: 'waits' });
    emit({ kind: 'progress', vm: 'boot-1', text: 'console: Linux version 7' });
    await step('wait for the user', async () => {
      while (!existsSync('go')) await new Promise((resolve) => setTimeout(resolve, 50));
    });
  });`;

test.skipIf(pty === undefined)(
  'a terminal shows what runs, until it is done',
  { timeout: 360_000 },
  async (context) => {
    const place = await Workplace.create(context, { 'boot/a.suite.ts': SUITE });
    const run = new TerminalProgram(Workplace.commandLine('--report', 'out'), place.directory);
    await run.shows(/> \d\.\d s {2}boot\/a\.suite\.ts: waits: wait for the user\s+boot-1 \| Linux version 7/);
    await writeFile(place.path('go'), '');
    await run.shows(/ok {4}waits[^]*1 passed, 0 failed/);
    expect(await run.exited).toBe(0);
  },
);
