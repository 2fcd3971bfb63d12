import { setTimeout as sleep } from 'node:timers/promises';

import { tryLock } from '../lock.ts';

/** A process that says whether it got the lock, and keeps it until it is killed. */
const [path = ''] = process.argv.slice(2);
const lock = await tryLock(path);
process.stdout.write(lock === undefined ? 'refused\n' : 'locked\n');
if (lock !== undefined) await sleep(600_000);
