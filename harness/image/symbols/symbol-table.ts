/**
 * Of the output of eu-nm(1) as POSIX has it: name, type, address, and size where there is one. Without what kallsyms leaves out
 * too: types by scripts/mksysmap of the kernel's source, and of its names those that can be in the middle of a function.
 */
const SYMBOL = /^(?!(?:__pi_|__kvm_nvhe_)?(?:\$|\.L))(\S+) (?![aNUw])[A-Za-z] ([0-9a-f]{1,16})(?: |$)/gm;

interface Symbol {
  readonly address: bigint;
  /** Up to the next symbol, as kallsyms has it and with it a kernel's traces: padding included. */
  readonly sizeBytes: bigint;
}

/** Where the functions of a kernel are. Two files of C can have a function of one name each. */
export class SymbolTable {
  readonly #named = new Map<string, Symbol[]>();

  /** @param listing of `eu-nm --format=posix`. */
  constructor(listing: string) {
    const found = [...listing.matchAll(SYMBOL)].map(([, name = '', address = '']) => ({
      name,
      address: BigInt(`0x${address}`),
    }));
    const addresses = [...new Set(found.map(({ address }) => address))].sort((a, b) => (a < b ? -1 : 1));
    const next = new Map(addresses.map((address, index) => [address, addresses[index + 1] ?? address]));
    for (const { name, address } of found) {
      const symbol = { address, sizeBytes: (next.get(address) ?? address) - address };
      this.#named.set(name, [...(this.#named.get(name) ?? []), symbol]);
    }
  }

  /** @returns undefined where no function of the name has this size, or more than one: nobody can tell then. */
  addressOf(name: string, sizeBytes: bigint): bigint | undefined {
    const fitting = (this.#named.get(name) ?? []).filter((symbol) => symbol.sizeBytes === sizeBytes);
    const [only] = fitting;
    return fitting.length === 1 ? only?.address : undefined;
  }
}
