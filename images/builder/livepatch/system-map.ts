/** A symbol as `nm` writes it: address, type, name. */
const SYMBOL = /^([0-9a-f]+) (\w) (\S+)$/;

/** The kernel's symbols, read from its System.map. */
export class SystemMap {
  readonly #symbols = new Map<string, { address: bigint; type: string }[]>();

  constructor(text: string) {
    for (const line of text.split('\n')) {
      const [, address, type, name] = SYMBOL.exec(line) ?? [];
      if (address === undefined || type === undefined || name === undefined) continue;
      const same = this.#symbols.get(name);
      const symbol = { address: BigInt(`0x${address}`), type };
      if (same === undefined) this.#symbols.set(name, [symbol]);
      else same.push(symbol);
    }
  }

  /** @returns undefined for a name that the kernel doesn't have. */
  addressOf(name: string): bigint | undefined {
    return this.#symbols.get(name)?.[0]?.address;
  }

  /**
   * Why a live patch can't replace a function, as far as symbols tell. Whether ftrace can reach it is known to the running
   * kernel alone.
   *
   * @returns undefined when nothing speaks against it.
   */
  objectionTo(name: string): string | undefined {
    const functions = (this.#symbols.get(name) ?? []).filter(({ type }) => type.toLowerCase() === 't');
    if (functions.length === 1) return undefined;
    if (functions.length > 1) return `the kernel has ${functions.length} functions "${name}"`;
    const parts = [...this.#symbols.keys()].filter((other) => other.startsWith(`${name}.`));
    if (parts.length > 0) return `the compiler has split "${name}" up into ${parts.join(', ')}`;
    return `the kernel has no function "${name}"; the compiler may have inlined it into its callers`;
  }
}
