import { describe, expect, it } from 'vitest';

import { goBuildFlags } from './toolchain.ts';

const program = { name: 'p', directory: '/p', tags: ['netgo', 'seccomp'] };

describe('goBuildFlags', () => {
  it('links everything in, also C', () => {
    expect(goBuildFlags({ ...program, links: ['libseccomp-dev'] })).toEqual([
      '-trimpath',
      '-buildvcs=false',
      '-tags=netgo,seccomp',
      '-ldflags=-s -w -linkmode external -extldflags -static',
    ]);
  });

  it('leaves it to Go where there is no C', () => {
    expect(goBuildFlags({ ...program, links: [] }).at(-1)).toBe('-ldflags=-s -w');
  });
});
