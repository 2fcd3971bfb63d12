import { PLACE, type Signature } from './signature.ts';

/** How panic() begins; reports of what caused it come before, so the reason is the title. */
export const PANICS: readonly Signature[] = [
  {
    kind: 'panic',
    severity: 'fatal',
    speaker: 'kernel',
    pattern: new RegExp(
      String.raw`^Kernel panic - not syncing: stack-protector: Kernel stack is corrupted in: (?:${PLACE})?`,
    ),
    title: 'kernel panic: stack is corrupted',
    blame: 'first-frame',
  },
  {
    kind: 'panic',
    severity: 'fatal',
    speaker: 'kernel',
    pattern: /^Kernel panic - not syncing: corrupted stack end/,
    title: 'kernel panic: corrupted stack end',
    blame: 'stall',
  },
  {
    kind: 'panic',
    severity: 'fatal',
    speaker: 'kernel',
    pattern: /^Kernel panic - not syncing(?:: (?<reason>.*))?/,
    title: ({ groups }) => `kernel panic: ${reasonOf(groups?.['reason'])}`,
    blame: 'head',
  },
  {
    kind: 'panic',
    severity: 'fatal',
    speaker: 'init',
    pattern: /^Freezing execution\b/,
    title: 'systemd: freezing execution',
    blame: 'head',
  },
];

/** Without numbers that differ from one panic to the next. */
function reasonOf(reason = 'no reason is given'): string {
  return reason
    .trim()
    .replace(/ \.\.\.$/, '')
    .replace(/(?<!exitcode=)0x[0-9a-f]{8,}/g, 'ADDR');
}
