import type { Connections } from '../connections.ts';
import { Timeline } from './boot-timeline.ts';

type Followed = Pick<Connections, 'console' | 'bridge' | 'qmp'>;

/** Keeps the time line of the boot that is under way or was the last; each reset begins another, and a new session of the bridge. */
export function followBoots(
  { console, bridge, qmp }: Followed,
  now: () => number,
): { readonly timeline: Timeline } {
  const boots = { timeline: new Timeline(0) };
  console.events.on('bytes', () => {
    boots.timeline.mark('firmware', now());
  });
  console.events.on('line', ({ text, atMs }) => {
    boots.timeline.markLine(text, atMs);
  });
  bridge.events.on('ready', () => {
    boots.timeline.mark('bridge', now());
  });
  qmp.events.on('event', ({ name }) => {
    if (name !== 'RESET') return;
    boots.timeline = new Timeline(now());
    bridge.guestReset();
  });
  return boots;
}
