import { runHostTool } from '../../process/host-tool.ts';
import { SymbolTable } from './symbol-table.ts';

/** A place as the kernel prints it: function, offset in it, its size, and the module that it is in, if any. */
const PLACE =
  /(?<![\w.$])(?<name>[A-Za-z_][\w.$]*)\+(?<offset>0x[0-9a-f]{1,8})\/(?<size>0x[0-9a-f]{1,8})(?![0-9a-f])(?<module> \[\w+)?/;
/** What a line begins with that shows where a CPU stood; every other place is one to return to. */
const STOOD = /^\s*(?:\[[ \d.]+\](?:\[[ \w]+\])? )?(?:E?IP:|RIP:|pc :|PC is at|NIP|epc )/;
/** Of the answer: an address that was asked for, and a line of source with its column. */
const ASKED = /^0x[0-9a-f]+$/;
const SOURCE_LINE = /^(?!\?\?)(?:\.\/)?(.+?:\d+)(?::\d+)?(?: \(discriminator \d+\))?$/;

/** More would not fit in one command. */
const ASKED_AT_ONCE = 500;

/** Names the lines of source that the places in a kernel's reports come from. */
export class SourceLines {
  readonly #vmlinux: string;
  readonly #symbols: SymbolTable;

  private constructor(vmlinux: string, symbols: SymbolTable) {
    this.#vmlinux = vmlinux;
    this.#symbols = symbols;
  }

  /**
   * @param vmlinux a kernel of any architecture.
   * @returns undefined when it has no symbols or no debug information, or is no ELF file.
   * @throws {InfrastructureError} when the host lacks a tool.
   */
  static async of(vmlinux: string): Promise<SourceLines | undefined> {
    const lenient = { successCodes: [0, 1] };
    const { stdout: sections } = await runHostTool('eu-readelf', ['--section-headers', vmlinux], lenient);
    if (!/\s\.symtab\s/.test(sections) || !/\s\.debug_line\s/.test(sections)) return undefined;
    const { stdout: symbols } = await runHostTool('eu-nm', ['--format=posix', vmlinux]);
    return new SourceLines(vmlinux, new SymbolTable(symbols));
  }

  /**
   * @returns the same lines; behind a place stands ` at net/core/dev.c:123`, and of code that was inlined there what it was
   * inlined into, and of many levels the first and the last. A place of a module, or of another kernel, stays as it is.
   * @throws {InfrastructureError} when the kernel can't be read.
   */
  async annotate(lines: readonly string[]): Promise<string[]> {
    const addresses = lines.map((line) => this.#addressIn(line));
    const sources = await this.#sourcesOf([...new Set(addresses.filter((one) => one !== undefined))]);
    return lines.map((line, index) => {
      const [at, ...into] = sources.get(addresses[index] ?? '') ?? [];
      return at === undefined ? line : [`${line} at ${at}`, ...ends(into)].join(', inlined at ');
    });
  }

  #addressIn(line: string): string | undefined {
    const { name, offset = 0, size = 0, module } = PLACE.exec(line)?.groups ?? {};
    if (name === undefined || module !== undefined) return undefined;
    const start = this.#symbols.addressOf(name, BigInt(size));
    if (start === undefined) return undefined;
    const place = start + BigInt(offset);
    // A call's return address can already belong to the next line.
    return hexadecimal(STOOD.test(line) || place === start ? place : place - 1n);
  }

  async #sourcesOf(addresses: readonly string[]): Promise<Map<string, string[]>> {
    const sources = new Map<string, string[]>();
    for (let at = 0; at < addresses.length; at += ASKED_AT_ONCE) {
      const asked = addresses.slice(at, at + ASKED_AT_ONCE);
      const args = ['--addresses', '--inlines', '--relative', `--executable=${this.#vmlinux}`, ...asked];
      const { stdout } = await runHostTool('eu-addr2line', args);
      let found: string[] = [];
      for (const line of stdout.split('\n')) {
        if (ASKED.test(line)) sources.set(hexadecimal(BigInt(line)), (found = []));
        else if (SOURCE_LINE.test(line)) found.push(line.replace(SOURCE_LINE, '$1'));
      }
    }
    return sources;
  }
}

/** The last one is the function that the trace names. */
function ends(into: readonly string[]): readonly string[] {
  const [first, last] = [into[0], into.at(-1)];
  return into.length <= 2 || first === undefined || last === undefined ? into : [`${first}, …`, last];
}

/** Without leading zeros, which the answer has. */
function hexadecimal(address: bigint): string {
  return `0x${address.toString(16)}`;
}
