import { join } from 'node:path';

import { expect, test } from 'vitest';
import { z } from 'zod';

import { ARCHITECTURES, type Architecture } from '../../../harness/util/architecture.ts';
import { readToml } from '../../../harness/util/files/toml.ts';
import { readKernelConfig } from './kernel.ts';

const options = z.record(z.string().regex(/^[A-Z0-9_]+$/), z.string().min(1));
const schema = z.strictObject({
  recommended: z.strictObject({ common: options, ...recordOf(ARCHITECTURES, options) }),
  exceptions: options,
});
const hardening = await readToml(join(import.meta.dirname, '../../kernel/hardening.toml'), schema);
const excepted = new Set(Object.keys(hardening.exceptions));

test.each(ARCHITECTURES)('the %s kernel is as hardened as recommended', async (arch) => {
  const unexplained = (await deviations(arch)).filter(({ option }) => !excepted.has(option));
  expect(unexplained).toEqual([]);
});

test('every exception from the recommended kernel options is needed', async () => {
  const found = await Promise.all(ARCHITECTURES.map(deviations));
  const needed = new Set(found.flat().map(({ option }) => option));
  expect([...excepted].filter((option) => !needed.has(option))).toEqual([]);
});

/** The options of which the kernel's configuration asks for something else than is recommended. */
async function deviations(arch: Architecture) {
  const lines = (await readKernelConfig(arch)).matchAll(/^CONFIG_(\w+)=(.*)$/gm);
  const asked = new Map([...lines].map(([, option, value]) => [option, value]));
  return Object.entries({ ...hardening.recommended.common, ...hardening.recommended[arch] })
    .map(([option, recommended]) => ({ option, recommended, asked: asked.get(option) ?? 'unset' }))
    .filter(({ recommended, asked }) => recommended !== asked);
}

function recordOf<Key extends string, Value>(keys: readonly Key[], value: Value): Record<Key, Value> {
  return Object.fromEntries(keys.map((key) => [key, value])) as Record<Key, Value>;
}
