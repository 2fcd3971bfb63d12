import type { OsProfile } from '../../os/profile.ts';
import type { VmDirectory } from '../directory/vm-directory.ts';
import type { RunParts } from '../run-parts.ts';
import { CrashWatch } from './crash-watch.ts';
import { describeEvidence } from './evidence.ts';
import { followBoots, type Boots } from './follow-boots.ts';
import { followEnd } from './follow-end.ts';
import { followLife, type WatchedLife } from './life.ts';
import { Health } from './verdict/health.ts';
import { hostFault } from './verdict/host-fault.ts';
import { settle } from './verdict/settle.ts';
import { StallWatch } from './stall-watch.ts';

export interface Monitor {
  readonly health: Health;
  readonly watch: CrashWatch;
  readonly stalls: StallWatch;
  readonly boots: Boots;
  /** What has happened up to now. */
  readonly life: () => WatchedLife;
  /** Resolves when all that was shown up to now is judged; within two seconds. */
  settle(): Promise<void>;
}

/** Everything that looks on while a machine runs. */
export function monitor(parts: RunParts, profile: OsProfile, directory: VmDirectory): Monitor {
  const { connections, noted, now } = parts;
  const { harmless, timeline: marks } = profile;
  const stalls = new StallWatch(connections);
  const evidence = (): string => describeEvidence({ ...connections, directory, noted: watch.noted, stalls });
  const health = new Health(evidence, () => hostFault(parts));
  const watch: CrashWatch = new CrashWatch(connections, health, evidence, { noted, harmless, now });
  const boots = followBoots(connections, { now, marks, isFork: noted !== undefined });
  followEnd(parts, watch, health);
  const settled = (): Promise<void> =>
    health.failure === undefined ? settle(parts, watch) : Promise.resolve();
  const life = followLife(parts, watch, boots);
  return { health, watch, stalls, boots, life, settle: settled };
}
