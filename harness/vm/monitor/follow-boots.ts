import type { ConsoleMark } from '../../os/profile.ts';
import type { Connections } from '../connections.ts';
import { Timeline } from './boot-timeline.ts';

type Followed = Pick<Connections, 'console' | 'bridge' | 'qmp' | 'guestReset'>;

/** The boot that is under way, or was the last. */
export interface PresentBoot {
  /** How many resets came before it. */
  readonly number: number;
  readonly timeline: Timeline;
  /** Of the console, with which it began. */
  readonly firstLine: number;
}

export interface FollowOptions {
  /** The milliseconds since the machine was started. */
  readonly now: () => number;
  readonly marks: readonly ConsoleMark[];
}

/** Keeps the present boot: each reset begins another, and a new session with everything in the guest. */
export function followBoots(connections: Followed, { now, marks }: FollowOptions): { present: PresentBoot } {
  const { console, bridge, qmp } = connections;
  const boots = { present: { number: 0, timeline: new Timeline(0, marks), firstLine: 0 } };
  console.events.on('bytes', () => {
    boots.present.timeline.mark('firmware', now());
  });
  console.events.on('line', ({ text, atMs }) => {
    boots.present.timeline.markLine(text, atMs);
  });
  bridge.events.on('ready', () => {
    boots.present.timeline.mark('bridge', now());
  });
  qmp.events.on('event', ({ name }) => {
    if (name !== 'RESET') return;
    const { number } = boots.present;
    boots.present = {
      number: number + 1,
      timeline: new Timeline(now(), marks),
      firstLine: console.position,
    };
    connections.guestReset();
  });
  return boots;
}
