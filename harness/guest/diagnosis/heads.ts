import type { Speaker } from './speaker.ts';
import { CRASHES } from './signatures/crashes.ts';
import { DISKS } from './signatures/disks.ts';
import { FIRMWARE } from './signatures/firmware.ts';
import { LOCKING } from './signatures/locking.ts';
import { MEMORY } from './signatures/memory.ts';
import { PANICS } from './signatures/panics.ts';
import { SANITIZERS } from './signatures/sanitizers.ts';
import { SERVICES } from './signatures/services.ts';
import type { Signature } from './signatures/signature.ts';
import { STALLS } from './signatures/stalls.ts';
import { WARNINGS } from './signatures/warnings.ts';

/** Reports whose words this project does not know: the kernel calls nothing else so. */
const OTHERS: readonly Signature[] = [
  {
    kind: 'bug',
    severity: 'fatal',
    speaker: 'kernel',
    pattern: /^(?:\[ )?BUG: (?<what>.{1,80})/,
    title: ({ groups }) => `BUG: ${(groups?.['what'] ?? '').replace(/ \]$/, '')}`,
    blame: 'first-frame',
    step: 1,
  },
];

/** The first that matches wins. Wordings are those of Linux 4.4 to 7.x and systemd 250 to 257. */
const SIGNATURES: readonly Signature[] = [
  ...PANICS,
  ...SANITIZERS,
  ...STALLS,
  ...LOCKING,
  ...MEMORY,
  ...WARNINGS,
  ...CRASHES,
  ...DISKS,
  ...SERVICES,
  ...FIRMWARE,
  ...OTHERS,
];

export interface Head {
  readonly signature: Signature;
  readonly match: RegExpExecArray;
}

/** The report that this message begins, if it may come from whoever prints such reports. */
export function headOf(speaker: Speaker, text: string): Head | undefined {
  for (const signature of SIGNATURES) {
    if (speaker !== 'unknown' && speaker !== signature.speaker) continue;
    const match = signature.pattern.exec(text);
    if (match !== null) return { signature, match };
  }
  return undefined;
}
