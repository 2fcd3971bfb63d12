import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { execa } from 'execa';
import type { TestContext } from 'vitest';

import { runReportSchema, type RunReport } from '../../../../harness/report/schema.ts';

const CLI = fileURLToPath(new URL('inline-cli.ts', import.meta.url));
const TSX = import.meta.resolve('tsx');
const RUN_TIMEOUT_MS = 300_000;
/** An inline suite is outside the project, so it names what it imports by absolute path. */
const IMPORTS = {
  vitest: fileURLToPath(import.meta.resolve('vitest')),
  emit: fileURLToPath(new URL('../../../../harness/fixtures/emit.ts', import.meta.url)),
  harness: fileURLToPath(new URL('../../../../harness/index.ts', import.meta.url)),
};

export interface Outcome {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** A project of inline suites in a temporary directory, which the real command line runs. */
export class Workplace {
  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  /**
   * @param test the place goes when it ends.
   * @param suites path below `suites/` → body; `test`, `expect` and so on are imported for it.
   * @param name of its directory. Default: one that every tool takes.
   */
  static async create(
    test: TestContext,
    suites: Record<string, string>,
    name = 'checkout',
  ): Promise<Workplace> {
    const parent = await mkdtemp(join(tmpdir(), 'hotfire-workplace-'));
    test.onTestFinished(() => rm(parent, { recursive: true, force: true }));
    const directory = join(parent, name);
    for (const [file, body] of Object.entries(suites)) {
      const path = join(directory, 'suites', file);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, `${PREAMBLE}\n${body}\n`);
    }
    return new Workplace(directory);
  }

  /** The arguments of a node that runs the command line in `directory`. */
  static commandLine(...args: string[]): string[] {
    return ['--import', TSX, CLI, ...args];
  }

  start(...args: string[]) {
    return this.startThrough(['env'], ...args);
  }

  /** @param wrapper a command that runs the one which follows as its last arguments. */
  startThrough([program, ...wrapper]: readonly [string, ...string[]], ...args: string[]) {
    return execa(program, [...wrapper, process.execPath, ...Workplace.commandLine(...args)], {
      cwd: this.directory,
      reject: false,
      stdin: 'ignore',
      timeout: RUN_TIMEOUT_MS,
      env: { NO_COLOR: '1', FORCE_COLOR: '0' },
    });
  }

  async run(...args: string[]): Promise<Outcome> {
    const { exitCode, stdout, stderr } = await this.start(...args);
    return { exitCode, stdout, stderr };
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  async report(directory: string): Promise<RunReport> {
    return runReportSchema.parse(JSON.parse(await readFile(this.path(`${directory}/run.json`), 'utf8')));
  }
}

const PREAMBLE = [
  `import { afterAll, beforeAll, expect, test } from ${JSON.stringify(IMPORTS.vitest)};`,
  `import { emit, measure, setScene, step } from ${JSON.stringify(IMPORTS.emit)};`,
  `import { Deadline, needs, suite, within } from ${JSON.stringify(IMPORTS.harness)};`,
].join('\n');
