import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { Events } from '../../harness/util/events.ts';
import type { BuildEvents } from './cache/events.ts';
import { BuildProgress } from './progress.ts';
import { IMAGE_STEPS } from './time-left.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('a log shows each step, signs of life, and how many minutes are left', () => {
  let shown = '';
  const events = new Events<BuildEvents>();
  const progress = new BuildProgress(events, { write: (text) => (shown += text) });
  events.emit('ahead', { steps: IMAGE_STEPS });
  events.emit('cached', { step: 'sdk' });
  events.emit('ended', { step: 'programs amd64', elapsedMs: 1_000_000, failed: false });
  events.emit('started', { step: 'kernel x86_64', log: 'k.log' });
  vi.advanceTimersByTime(10_000);
  events.emit('ended', { step: 'kernel x86_64', elapsedMs: 20_000, failed: false });
  events.emit('started', { step: 'image metal-dev x86_64', log: 'i.log' });
  vi.advanceTimersByTime(10_000);
  progress.stop();
  // The clock of the elapsed time is the real one.
  expect(shown.replaceAll(/… [\d.]+ s/g, '… N s').split('\n')).toEqual([
    'sdk: cached',
    'programs amd64: done after 1000 s',
    'kernel x86_64 … (log: k.log)',
    'kernel x86_64 … N s, about 28 min left',
    'kernel x86_64: done after 20 s',
    'image metal-dev x86_64 … (log: i.log)',
    'image metal-dev x86_64 … N s',
    '',
  ]);
});
