/** Where machines keep what they know of live patches, on PRIVATE; see images/os/crates/livepatch/src/places.rs. */
const DIRECTORY = '/livepatches';

interface Entry {
  readonly patch: { readonly name: string };
  readonly sha256: string | null;
  readonly wanted: boolean;
  readonly trial: string | null;
}

/** A machine's record of its live patches, as the next boot finds it. */
export interface Recorded {
  of(name: string): 'unknown' | 'on trial' | 'wanted' | 'unwanted';
  /** Why the next boot could not do what the record says. */
  readonly complaint: string | undefined;
}

/** Reads the record from a file system that nobody has mounted. */
export async function examineRecord(read: (path: string) => Promise<Buffer | undefined>): Promise<Recorded> {
  const bytes = await read(`${DIRECTORY}/record`);
  const { entries, complaint } = parse(bytes?.toString());
  return {
    of(name) {
      const entry = entries.find(({ patch }) => patch.name === name);
      if (entry === undefined) return 'unknown';
      if (entry.trial !== null) return 'on trial';
      return entry.wanted ? 'wanted' : 'unwanted';
    },
    complaint: complaint ?? (await missingModule(entries, read)),
  };
}

function parse(text: string | undefined): { entries: readonly Entry[]; complaint?: string } {
  if (text === undefined) return { entries: [], complaint: 'There is no record.' };
  try {
    const { kernels } = JSON.parse(text) as { kernels: Record<string, { patches: Entry[] }> };
    return { entries: Object.values(kernels).flatMap(({ patches }) => patches) };
  } catch (error) {
    return { entries: [], complaint: `The record is no record: ${String(error)}` };
  }
}

async function missingModule(
  entries: readonly Entry[],
  read: (path: string) => Promise<Buffer | undefined>,
): Promise<string | undefined> {
  for (const { patch, sha256 } of entries.filter(({ wanted }) => wanted)) {
    const module = await read(`${DIRECTORY}/modules/${sha256 ?? 'none'}.ko`);
    if (module === undefined) return `The module of ${patch.name} is not there.`;
  }
  return undefined;
}
