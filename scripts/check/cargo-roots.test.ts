import { join } from 'node:path';

import { expect, test } from 'vitest';
import { z } from 'zod';

import { readToml } from '../../harness/util/files/toml.ts';
import { OS_DIRECTORY } from '../../images/builder/steps/programs.ts';
import { CARGO_ROOTS } from './cargo-roots.ts';

test('every crate outside of the workspace has its gates', async () => {
  const schema = z.object({ workspace: z.object({ exclude: z.array(z.string()) }) });
  const { workspace } = await readToml(join(OS_DIRECTORY, 'Cargo.toml'), schema);
  const apart = workspace.exclude.map((crate) => `os/${crate}`);
  expect(CARGO_ROOTS.map(({ directory }) => directory).sort()).toEqual(['os', 'workloads', ...apart].sort());
});
