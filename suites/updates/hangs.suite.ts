import { updateSuite } from '../../harness/index.ts';
import { endlessLoop, kernelArgument } from './support/damage.ts';
import { expectRollback, type BadUpdate } from './support/rollback.ts';

const test = updateSuite();

/** Each has the machine hang for a minute or two, until a watchdog or a time limit resets it. */
const BAD_UPDATES: readonly BadUpdate[] = [
  ['its kernel hangs at its first instruction', endlessLoop, /watchdog/],
  [
    'its services never start',
    kernelArgument('systemd.log_color=0 systemd.show_status=true', 'systemd.unit=basic.target'),
    /it reset itself/,
  ],
];

// At once, since each takes minutes of waiting and hardly any CPU time.
test('updates that hang are rolled back', async ({ machines, image, updates }) => {
  await Promise.all(BAD_UPDATES.map((update) => expectRollback(update, { machines, image, updates })));
});
