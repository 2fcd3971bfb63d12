import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { UsageError } from '../../../harness/util/errors.ts';
import { loadOrder, parseModulesDep } from './kernel-modules.ts';

const DEPENDENCIES = parseModulesDep(`\
kernel/fs/ext4/ext4.ko.xz: kernel/lib/crc16.ko.xz kernel/fs/mbcache.ko.xz kernel/fs/jbd2/jbd2.ko.xz
kernel/fs/jbd2/jbd2.ko.xz: kernel/lib/crc16.ko.xz
kernel/fs/mbcache.ko.xz:
kernel/lib/crc16.ko.xz:
kernel/crypto/crc32c-intel.ko:
`);
const MODULES = { dependencies: DEPENDENCIES, builtIn: new Set(['virtio_pci']) };

describe('the order to load modules in', () => {
  it('has what a module needs before it, once', () => {
    expect(loadOrder(['ext4', 'jbd2'], MODULES)).toEqual([
      'kernel/lib/crc16.ko.xz',
      'kernel/fs/mbcache.ko.xz',
      'kernel/fs/jbd2/jbd2.ko.xz',
      'kernel/fs/ext4/ext4.ko.xz',
    ]);
  });

  it('finds modules whose files are spelled with dashes', () => {
    expect(loadOrder(['crc32c_intel'], MODULES)).toEqual(['kernel/crypto/crc32c-intel.ko']);
  });

  it('leaves out what the kernel has built in', () => {
    expect(loadOrder(['virtio_pci'], MODULES)).toEqual([]);
  });

  it('refuses a module that the kernel does not have', () => {
    expect(() => loadOrder(['ext5'], MODULES)).toThrow(UsageError);
    expect(() => loadOrder(['ext5'], MODULES)).toThrow('no module ext5');
  });

  it('is complete and ordered for any graph without cycles', () => {
    const graph = fc.array(fc.array(fc.nat()), { minLength: 1, maxLength: 30 }).map(
      (needs) =>
        new Map(
          needs.map((needed, index) => [
            `m${index}.ko`,
            // Only earlier ones, so that there is no cycle.
            index === 0 ? [] : needed.map((one) => `m${one % index}.ko`),
          ]),
        ),
    );
    fc.assert(
      fc.property(graph, fc.infiniteStream(fc.nat()), (dependencies, choice) => {
        const wanted = [...choice.take(3)].map((one) => `m${one % dependencies.size}`);
        const order = loadOrder(wanted, { dependencies, builtIn: new Set() });
        expect(new Set(order).size).toBe(order.length);
        for (const name of wanted) expect(order).toContain(`${name}.ko`);
        for (const [index, file] of order.entries()) {
          for (const needed of dependencies.get(file) ?? []) {
            expect(order.slice(0, index)).toContain(needed);
          }
        }
      }),
    );
  });
});
