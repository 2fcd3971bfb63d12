import { expect, test } from 'vitest';

import { readModuleInfo } from './module-info.ts';

/** An ELF file with two sections: their names, and `.modinfo`. */
function moduleWith(info: string, sectionName = '.modinfo'): Buffer {
  const names = Buffer.from(`\0${sectionName}\0`);
  const content = Buffer.from(info);
  const header = Buffer.alloc(64);
  header.writeUInt32BE(0x7f454c46, 0);
  header.writeUInt16BE(0x0201, 4);
  header.writeBigUInt64LE(BigInt(64 + names.length + content.length), 40);
  header.writeUInt16LE(64, 58);
  header.writeUInt16LE(2, 60);
  header.writeUInt16LE(0, 62);
  const section = (name: number, offset: number, bytes: number): Buffer => {
    const entry = Buffer.alloc(64);
    entry.writeUInt32LE(name, 0);
    entry.writeBigUInt64LE(BigInt(offset), 24);
    entry.writeBigUInt64LE(BigInt(bytes), 32);
    return entry;
  };
  return Buffer.concat([
    ...[header, names, content, section(0, 64, names.length)],
    section(1, 64 + names.length, content.length),
  ]);
}

test('what a module says of itself is read', () => {
  const info = readModuleInfo(moduleWith('name=mine\0\0vermagic=7.3.4 SMP a=b\0name=other\0'));
  expect([...(info ?? [])]).toEqual([
    ['name', 'mine'],
    ['vermagic', '7.3.4 SMP a=b'],
  ]);
});

test('what is no module says nothing', () => {
  const module = moduleWith('name=mine\0');
  expect(readModuleInfo(moduleWith('name=mine\0', '.other'))).toBeUndefined();
  expect(readModuleInfo(Buffer.from('text'))).toBeUndefined();
  expect(readModuleInfo(module.subarray(0, module.length - 100))).toBeUndefined();
});
