export interface ElfFixture {
  readonly machine?: number;
  readonly interpreter?: string;
  readonly needed?: readonly string[];
  readonly runpath?: string;
}

const LOADED_AT = 0x40_0000;

/** The smallest 64-bit file that names a loader and libraries as a linker's output does. */
export function makeElf({ machine = 62, interpreter, needed = [], runpath }: ElfFixture): Buffer {
  const strings = ['', ...needed, ...(runpath === undefined ? [] : [runpath])];
  const stringTable = Buffer.from(`${strings.join('\0')}\0`);
  const interp = Buffer.from(`${interpreter ?? ''}\0`);
  const headersBytes = 64 + 3 * 56;
  const stringsAt = headersBytes + interp.length;
  const dynamicAt = stringsAt + stringTable.length;
  const nameAt = (index: number): number =>
    Buffer.byteLength(strings.slice(0, index).join('\0')) + (index > 0 ? 1 : 0);
  const entries: [number, number][] = [
    ...needed.map((_name, index): [number, number] => [1, nameAt(index + 1)]),
    ...(runpath === undefined ? [] : [[29, nameAt(needed.length + 1)] as [number, number]]),
    [5, LOADED_AT + stringsAt],
    [0, 0],
  ];
  const dynamic = Buffer.alloc(entries.length * 16);
  for (const [index, [tag, value]] of entries.entries()) {
    dynamic.writeBigUInt64LE(BigInt(tag), index * 16);
    dynamic.writeBigUInt64LE(BigInt(value), index * 16 + 8);
  }
  const header = Buffer.alloc(64);
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  header.writeUInt16LE(machine, 18);
  header.writeBigUInt64LE(64n, 32);
  header.writeUInt16LE(56, 54);
  header.writeUInt16LE(interpreter === undefined ? 2 : 3, 56);
  const total = dynamicAt + dynamic.length;
  return Buffer.concat([
    header,
    programHeader(1, 0, LOADED_AT, total),
    programHeader(2, dynamicAt, LOADED_AT + dynamicAt, dynamic.length),
    programHeader(3, headersBytes, LOADED_AT + headersBytes, interp.length),
    interp,
    stringTable,
    dynamic,
  ]);
}

function programHeader(type: number, offset: number, address: number, bytes: number): Buffer {
  const header = Buffer.alloc(56);
  header.writeUInt32LE(type, 0);
  header.writeBigUInt64LE(BigInt(offset), 8);
  header.writeBigUInt64LE(BigInt(address), 16);
  header.writeBigUInt64LE(BigInt(bytes), 32);
  return header;
}
