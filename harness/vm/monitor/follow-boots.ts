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

/** Of a machine that resets for ever, the first boots are as good as all. */
const KEPT_BOOTS = 50;

export interface Boots {
  present: PresentBoot;
  /** From the first on, the present one included, up to a bound. */
  readonly timelines: readonly Timeline[];
}

export interface FollowOptions {
  /** The milliseconds since the machine was started. */
  readonly now: () => number;
  readonly marks: readonly ConsoleMark[];
  /** It began as a copy of a machine that had booted. */
  readonly isFork: boolean;
}

/** Keeps the present boot: each reset begins another, and a new session with everything in the guest. */
export function followBoots(connections: Followed, { now, marks, isFork }: FollowOptions): Boots {
  const { console, bridge, qmp } = connections;
  const first = new Timeline(0, marks);
  const timelines = [first];
  const boots = { present: { number: 0, timeline: first, firstLine: 0 }, timelines };
  // What a fork's console shows before its first reset is not how it boots.
  const isBooting = (): boolean => !isFork || boots.present.number > 0;
  console.events.on('bytes', () => {
    if (isBooting()) boots.present.timeline.mark('firmware', now());
  });
  console.events.on('line', ({ text, atMs }) => {
    if (isBooting()) boots.present.timeline.markLine(text, atMs);
  });
  bridge.events.on('ready', () => {
    boots.present.timeline.mark('bridge', now());
  });
  qmp.events.on('event', ({ name }) => {
    if (name !== 'RESET') return;
    const { number } = boots.present;
    const timeline = new Timeline(now(), marks);
    boots.present = { number: number + 1, timeline, firstLine: console.position };
    if (timelines.length < KEPT_BOOTS) timelines.push(timeline);
    connections.guestReset();
  });
  return boots;
}
