import type { Signature } from './signature.ts';

const common = { speaker: 'init', severity: 'note', blame: 'head' } as const;

/** What systemd says of its units. */
export const SERVICES: readonly Signature[] = [
  {
    ...common,
    kind: 'emergency-mode',
    severity: 'fatal',
    pattern: /^You are in emergency mode|^(?:\[ *OK *\] )?Reached target .*[Ee]mergency Mode/,
    title: 'emergency mode',
  },
  {
    ...common,
    kind: 'unit-failed',
    pattern: /^(?:\[FAILED\] )?Failed to start (?<unit>.{1,200}?)(?: - .*)?(?:\.)?$/,
    title: ({ groups }) => `unit failed to start: ${groups?.['unit'] ?? ''}`,
  },
  {
    ...common,
    kind: 'service-restarted',
    // Its failure comes in an own message before: see `FailedUnits`.
    pattern:
      /^(?<unit>[^ :]{1,200}): (?:Failed with result '|Scheduled restart job, restart counter is at (?<restarted>\d+))/,
    title: ({ groups }) => `service failed and was restarted: ${groups?.['unit'] ?? ''}`,
  },
];
