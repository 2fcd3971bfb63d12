import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { Events } from '../../../../harness/util/events.ts';
import { Cache } from '../cache.ts';
import type { BuildEvents } from '../events.ts';

/** A build to be killed: says "half" when its step is half done, then takes `pauseMs` for the other half. */
const [root = '', pauseMs = '0'] = process.argv.slice(2);

const cache = new Cache(root, new Events<BuildEvents>(), new AbortController().signal);
const entry = await cache.obtain({
  name: 'greeting',
  inputs: { text: 'hello world' },
  spaceBytes: 0,
  build: async (output) => {
    await writeFile(join(output, 'first'), 'hello');
    process.stdout.write('half\n');
    await sleep(Number(pauseMs));
    await writeFile(join(output, 'second'), 'world');
  },
});
process.stdout.write(`${entry.directory}\n`);
