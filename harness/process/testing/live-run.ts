import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { runRoot } from '../run-root.ts';

/** A run with a machine's directory, which lives until it is killed. */
const run = await runRoot();
mkdirSync(join(run, 'vm-1'));
process.stdout.write(`${run}\n`);
await sleep(600_000);
