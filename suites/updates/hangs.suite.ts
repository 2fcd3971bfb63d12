import { coldSuite } from '../../harness/index.ts';
import { endlessLoop, kernelArgument } from './support/damage.ts';
import { isGivenBack, type Ending } from './support/rollback.ts';

const test = coldSuite({ requires: ['bridge', 'updates', 'ab-slots', 'verity-root'] });

/** Each has the machine stand still for a minute or two, until something loses its patience. */
const ENDINGS: readonly Ending[] = [
  ['its kernel hangs at its first instruction', endlessLoop, /watchdog/],
  [
    'its services never come up',
    kernelArgument('systemd.log_color=0 systemd.show_status=true', 'systemd.unit=basic.target'),
    /it reset itself/,
  ],
];

test(`an update is given back when ${ENDINGS.map(([name]) => name).join(', and when ')}`, async ({
  machines,
  image,
  nextImage,
}) => {
  await Promise.all(ENDINGS.map((ending) => isGivenBack(ending, { machines, image, nextImage })));
});
