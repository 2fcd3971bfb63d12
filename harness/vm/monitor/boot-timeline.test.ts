import { expect, test } from 'vitest';

import { bottlerocket } from '../../os/bottlerocket/profile.ts';
import { Timeline } from './boot-timeline.ts';

test('reads the milestones off the console, the first of each counts', () => {
  const timeline = new Timeline(0, bottlerocket.timeline);
  const lines: [string, number][] = [
    ['BdsDxe: starting Boot0001 "UEFI Misc Device"', 10],
    ['sparkler: slot A (priority 1, tries 0, successful 1)', 20],
    ['[    0.000000] Linux version 7.3.4', 30],
    ['[    0.424607] APIC calibration', 40],
    ['[    1.100000] Run /sbin/init as init process', 50],
    ['Welcome to Sparkler 0.1.0 (metal-containerd)!', 60],
  ];
  for (const [text, atMs] of lines) timeline.markLine(text, atMs);
  expect(timeline.marks).toEqual({ loader: 20, kernel: 30, userspace: 50 });
});

test('counts from the reset that began the boot', () => {
  const timeline = new Timeline(1000, []);
  timeline.mark('api', 1900);
  timeline.mark('api', 5000);
  expect(timeline.marks).toEqual({ api: 900 });
});
