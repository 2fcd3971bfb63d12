/** One step of a call trace, or the place where a CPU stood. */
const ADDRESS = String.raw`(?:\(?\[<?[0-9a-fx]{4,20}>?\]\)?\s+)`;
const PLACE = String.raw`(?<name>[A-Za-z_][\w.$]*)\+0x[0-9a-f]+\/0x[0-9a-f]+`;

/**
 * A line of a call trace: with or without addresses, `?` before a frame that the unwinder does not trust, 32-bit Arm's
 * "(callee) from (caller+0x1/0x2)". A frame that was inlined has its source's line instead of an offset.
 */
const TRACED = new RegExp(String.raw`^\s*(?:<+\/?[A-Z]+>+\s+)?${ADDRESS}{0,2}\s*(?<doubt>\? )?${PLACE}`);
const ARM = new RegExp(String.raw`^\s*${ADDRESS}?\(?[\w.$]+\)? from ${ADDRESS}?\(?${PLACE}`);
const INLINED = /^\s*(?:RIP: \d+:)?(?<name>[A-Za-z_]\w*) [\w./-]+:\d+ \[inline\]/;
/** The instruction pointer of x86, arm64, 32-bit Arm, RISC-V and PowerPC; user code's has no symbol. The link register is the caller of a leaf. */
const POINTER = new RegExp(
  String.raw`^\s*(?:E?IP:|RIP:?|pc :|PC is at|NIP(?: :)?|epc :|epc   :|(?<link>LR is at|lr :))(?: (?:[0-9a-f]{4}:)?)?\s*${ADDRESS}{0,2}${PLACE}`,
);
/** Where lockdep says that a lock was taken or is being released. */
const LOCK_AT = new RegExp(String.raw`, at: ${ADDRESS}?${PLACE}`);

export interface Frame {
  readonly name: string;
  /** Where a CPU stood, or where it would have gone back to from a function that calls none. */
  readonly register?: 'pointer' | 'link';
}

/** What a line of a report says of where the kernel was; nothing for a frame that the unwinder doubts. */
export function frameOf(line: string): Frame | undefined {
  const traced = TRACED.exec(line);
  if (traced?.groups?.['doubt'] !== undefined || line.endsWith('(unreliable)')) return undefined;
  const found = traced ?? ARM.exec(line) ?? INLINED.exec(line);
  if (found !== null) return { name: plainName(found.groups?.['name'] ?? '') };
  const { name, link } = POINTER.exec(line)?.groups ?? {};
  if (name === undefined) return undefined;
  return { name: plainName(name), register: link === undefined ? 'pointer' : 'link' };
}

/** The function in which lockdep saw a lock. */
export function lockPlace(line: string): string | undefined {
  const name = LOCK_AT.exec(line)?.groups?.['name'];
  return name === undefined ? undefined : plainName(name);
}

/** As in the source: without what compilers add to copies and parts of a function. */
export function plainName(name: string): string {
  return name.replace(/\.(?:part|isra|constprop|cold|llvm|lto_priv|cfi_jt|cfi)\b.*$/, '');
}
