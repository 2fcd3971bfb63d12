/** Size of a section header, and where it has name, offset and size (System V gABI, chapter 4; 64 bit). */
const SECTION = { name: 0, offset: 24, size: 32 };

/**
 * What a kernel module says of itself: its section `.modinfo`, strings `tag=value` that end with NUL.
 *
 * @returns tag → its first value; undefined for a file that is no 64-bit little-endian ELF file with that section.
 */
export function readModuleInfo(file: Buffer): ReadonlyMap<string, string> | undefined {
  const section = findSection(file, '.modinfo');
  if (section === undefined) return undefined;
  const info = new Map<string, string>();
  for (const line of section.toString('latin1').split('\0')) {
    const equals = line.indexOf('=');
    if (equals > 0 && !info.has(line.slice(0, equals)))
      info.set(line.slice(0, equals), line.slice(equals + 1));
  }
  return info;
}

function findSection(file: Buffer, wanted: string): Buffer | undefined {
  if (!isElf(file)) return undefined;
  const table = Number(file.readBigUInt64LE(40));
  const [size, count, nameTable] = [58, 60, 62].map((at) => file.readUInt16LE(at)) as [
    number,
    number,
    number,
  ];
  const header = (index: number): { name: number; content: Buffer } | undefined => {
    const at = table + index * size;
    if (at + size > file.length || size < 64) return undefined;
    const offset = Number(file.readBigUInt64LE(at + SECTION.offset));
    const bytes = Number(file.readBigUInt64LE(at + SECTION.size));
    return { name: file.readUInt32LE(at + SECTION.name), content: file.subarray(offset, offset + bytes) };
  };
  const names = header(nameTable)?.content;
  if (names === undefined) return undefined;
  for (let index = 0; index < count; index += 1) {
    const section = header(index);
    if (section === undefined) return undefined;
    const name = names.toString('latin1', section.name, names.indexOf(0, section.name));
    if (name === wanted) return section.content;
  }
  return undefined;
}

function isElf(file: Buffer): boolean {
  return file.length >= 64 && file.readUInt32BE(0) === 0x7f454c46 && file.readUInt16BE(4) === 0x0201;
}
