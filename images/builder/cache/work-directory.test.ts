import { existsSync, mkdirSync, writeFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { tryLock } from '../../../harness/util/files/lock.ts';
import { scratchDirectory } from '../../../harness/util/testing/scratch.ts';
import type { StepContext } from './step.ts';
import { useWorkDirectory, type WorkDirectory } from './work-directory.ts';

function context(
  signal = new AbortController().signal,
  note: StepContext['note'] = () => undefined,
): StepContext {
  return { log: '/dev/null', signal, note };
}

const make: WorkDirectory = { name: 'make', afterKill: 'wipe' };
const cargo: WorkDirectory = { name: 'cargo', afterKill: 'keep' };

describe('a work directory', () => {
  it('keeps what is in it from one use to the next, also after a failure', async () => {
    const scratch = await scratchDirectory();
    for (const failure of [undefined, new Error('does not compile')]) {
      const use = useWorkDirectory(scratch('.'), make, context(), (directory) => {
        writeFileSync(`${directory}/object`, '');
        return failure === undefined ? Promise.resolve() : Promise.reject(failure);
      });
      await use.catch((error: unknown) => {
        expect(error).toBe(failure);
      });
    }
    await useWorkDirectory(scratch('.'), make, context(), (directory) => {
      expect(existsSync(`${directory}/object`)).toBe(true);
      return Promise.resolve();
    });
  });

  it.for([
    [make, false],
    [cargo, true],
  ] as const)('of a use that was killed has what %o says', async ([kind, stays]) => {
    const scratch = await scratchDirectory();
    mkdirSync(scratch(`work/${kind.name}`), { recursive: true });
    writeFileSync(scratch(`work/${kind.name}/torn`), 'half');
    writeFileSync(scratch(`work/${kind.name}.in-use`), '');
    await useWorkDirectory(scratch('.'), kind, context(), (directory) => {
      expect(existsSync(`${directory}/torn`)).toBe(stays);
      return Promise.resolve();
    });
    expect(existsSync(scratch(`work/${kind.name}.in-use`))).toBe(false);
  });

  it('counts as killed when its build was interrupted in it', async () => {
    const scratch = await scratchDirectory();
    const controller = new AbortController();
    const use = useWorkDirectory(scratch('.'), make, context(controller.signal), (directory) => {
      writeFileSync(`${directory}/torn`, 'half');
      controller.abort();
      return Promise.reject(new Error('interrupted'));
    });
    await expect(use).rejects.toThrow('interrupted');
    await useWorkDirectory(scratch('.'), make, context(), (directory) => {
      expect(existsSync(`${directory}/torn`)).toBe(false);
      return Promise.resolve();
    });
  });

  it('is used by one build at a time', async () => {
    const scratch = await scratchDirectory();
    const notes: string[] = [];
    const controller = new AbortController();
    await useWorkDirectory(scratch('.'), make, context(), async () => {
      const note = (text: string): void => {
        notes.push(text);
        controller.abort(new Error('waited'));
      };
      const second = useWorkDirectory(scratch('.'), make, context(controller.signal, note), () =>
        Promise.resolve(),
      );
      await expect(second).rejects.toThrow('waited');
    });
    expect(notes).toEqual([expect.stringContaining('waiting for another build')]);
    expect(await tryLock(scratch('locks/work-make.lock'))).toBeDefined();
  });
});
