import {
  expect,
  faults,
  generateKeyRing,
  needs,
  publish,
  stepClock,
  updateSuite,
  within,
  withRoot,
  withTargets,
} from '../../harness/index.ts';
import type { FileTree, Repository, Vm } from '../../harness/index.ts';
import { UNTOUCHED, slotWords } from '../support/updates.ts';

const test = updateSuite();

const DAY_S = 86_400;
const LIFETIME_S = 70 * 365 * DAY_S;
const NEW_ROOT = 'metadata/2.root.json';

const next = (repository: Repository): Repository => withTargets(repository.targets)(repository);

test('remembers rotated keys and seen versions across a power cut', async ({ machines, updates }) => {
  const { service } = updates;
  await using rotating = await machines.fork({ services: [updates] });
  const first = next(updates.repository);
  service.files = publish(first);
  await rotating.api.updates.succeed('refresh');
  const replayed = withRoot({ keys: generateKeyRing() })(first);
  const rotated = next(replayed);
  service.files = publish(rotated);
  expect(await rotating.api.updates.succeed('refresh')).toMatchObject({ update_state: 'Available' });

  const machine = await rotating.powerCut();
  await using vm = await machine.boot();
  await vm.waitForBoot();

  service.files = publish(replayed);
  expect(await refusal(vm)).toBe(
    'Found version 2 of timestamp metadata when we had previously fetched version 3',
  );
  service.files = publish(next(next(first)));
  for (const status of [404, 403, 410]) {
    const restore = service.inject(new RegExp(NEW_ROOT), faults.answers(status));
    expect(await refusal(vm), `2.root.json withheld by ${status}`).toMatch(
      /timestamp.*[Ss]ignature threshold/,
    );
    restore();
  }
  service.files = without(NEW_ROOT, publish(next(rotated)));
  await vm.api.updates.succeed('refresh');
  expect(await slotWords(vm)).toMatchObject(UNTOUCHED);
});

test('a clock that was wrong once blocks no update', async ({ vm, updates }) => {
  needs('bench-service');
  const deadline = within(60_000, 'the clock to be stepped and updates to be looked for');
  const step = (bySeconds: number): Promise<void> => stepClock(vm.bridge, bySeconds, deadline);
  updates.service.files = publish(next(updates.repository));

  await step(3 * DAY_S);
  await vm.api.updates.succeed('refresh');
  await step(-3 * DAY_S);
  await vm.api.updates.succeed('refresh');

  await step(LIFETIME_S);
  expect(await refusal(vm)).toMatch(/expired/);
  await step(-LIFETIME_S);
  await vm.api.updates.succeed('refresh');
  await vm.api.updates.succeed('prepare');
});

async function refusal(vm: Vm): Promise<string> {
  const { most_recent_command: command } = await vm.api.updates.run('refresh');
  expect(command).toMatchObject({ cmd_type: 'refresh', cmd_status: 'Failed' });
  return String(command?.stderr);
}

function without(path: string, files: FileTree): FileTree {
  return new Map([...files].filter(([name]) => name !== path));
}
