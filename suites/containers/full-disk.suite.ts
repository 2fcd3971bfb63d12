import { containerSuite, expect, within } from '../../harness/index.ts';
import { named, PROGRAM, resting, WORKLOAD } from '../support/workload.ts';
import { running } from './support/running.ts';

const test = running(containerSuite());

const BIG = named('big:1');
/** More than the disk has. */
const TOO_MUCH_MIB = '1000000';

test('a pull onto a full disk leaves nothing half done', async ({ containers }) => {
  const filler = await resting(containers, 'filler');
  const filled = await filler.exec([PROGRAM, 'disk-io', '/ballast', TOO_MUCH_MIB], {
    deadline: within(300_000, 'a container to fill the disk'),
  });
  expect(filled).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('No space left on device') as string,
  });
  await expect(containers.pull(BIG)).rejects.toThrow(/no space left on device/);
  expect((await containers.images()).join()).not.toContain('big');

  await filler.stop(0);
  await filler.remove();
  await containers.pull(BIG);
  const after = await containers.run({ name: 'after', image: WORKLOAD, args: ['exit', '4'] });
  expect((await after.waitForExit()).exitCode).toBe(4);
});
