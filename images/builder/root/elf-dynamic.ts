/** What the dynamic loader reads of a program or library (System V gABI, chapters 4 and 5; 64 bit, little-endian). */
export interface ElfDynamic {
  readonly machine: number;
  /** The loader that the file asks for, an absolute path. */
  readonly interpreter: string | undefined;
  readonly needed: readonly string[];
  /** DT_RUNPATH, or else DT_RPATH, split; may contain $ORIGIN. */
  readonly searchPaths: readonly string[];
}

const PT = { load: 1, dynamic: 2, interp: 3 };
const DT = { null: 0n, needed: 1n, strtab: 5n, rpath: 15n, runpath: 29n };

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly fileBytes: number;
}

/** @returns undefined for a file that is no ELF file, or none of the kind described above. */
export function readElfDynamic(file: Buffer): ElfDynamic | undefined {
  const isElf = file.length >= 64 && file.readUInt32BE(0) === 0x7f454c46;
  if (!isElf || file.readUInt8(4) !== 2 || file.readUInt8(5) !== 1) return undefined;
  const segments = readSegments(file);
  const interpreter = segments.find(({ type }) => type === PT.interp);
  const dynamic = segments.find(({ type }) => type === PT.dynamic);
  const entries = dynamic === undefined ? [] : readDynamicEntries(file, dynamic);
  const strings = (tag: bigint): string[] => {
    const table = entries.find((entry) => entry.tag === DT.strtab);
    if (table === undefined) return [];
    const start = fileOffset(segments, Number(table.value));
    return entries
      .filter((entry) => entry.tag === tag)
      .map(({ value }) => stringAt(file, start + Number(value)));
  };
  const [searchPath] = [...strings(DT.runpath), ...strings(DT.rpath)];
  return {
    machine: file.readUInt16LE(18),
    interpreter: interpreter === undefined ? undefined : stringAt(file, interpreter.offset),
    needed: strings(DT.needed),
    searchPaths: searchPath === undefined ? [] : searchPath.split(':'),
  };
}

function readSegments(file: Buffer): Segment[] {
  const start = Number(file.readBigUInt64LE(32));
  const size = file.readUInt16LE(54);
  return Array.from({ length: file.readUInt16LE(56) }, (_unused, index) => {
    const header = start + index * size;
    return {
      type: file.readUInt32LE(header),
      offset: Number(file.readBigUInt64LE(header + 8)),
      address: Number(file.readBigUInt64LE(header + 16)),
      fileBytes: Number(file.readBigUInt64LE(header + 32)),
    };
  });
}

function readDynamicEntries(file: Buffer, dynamic: Segment): { tag: bigint; value: bigint }[] {
  const entries = [];
  const end = dynamic.offset + dynamic.fileBytes;
  for (let offset = dynamic.offset; offset + 16 <= end; offset += 16) {
    const tag = file.readBigUInt64LE(offset);
    if (tag === DT.null) break;
    entries.push({ tag, value: file.readBigUInt64LE(offset + 8) });
  }
  return entries;
}

function fileOffset(segments: readonly Segment[], address: number): number {
  const segment = segments.find(
    (load) => load.type === PT.load && address >= load.address && address < load.address + load.fileBytes,
  );
  return segment === undefined ? address : segment.offset + address - segment.address;
}

function stringAt(file: Buffer, offset: number): string {
  return file.toString('utf8', offset, file.indexOf(0, offset));
}
