import { expect, test } from 'vitest';

import { Diagnosis } from '../../guest/diagnosis/diagnosis.ts';
import type { Finding } from '../../guest/diagnosis/finding.ts';
import { Symptoms } from './symptoms.ts';

const HEAD = 'INFO: task app:7 blocked for more than 5 seconds.';
const TRACE = ['Call Trace:', ' __schedule+0x1/0x2', ' my_wait+0x1/0x2'];

/** What one channel shows; it comes a line at a time. */
function heard(symptoms: Symptoms, ...lines: readonly string[]): Finding | undefined {
  const diagnosis = new Diagnosis();
  const [finding] = lines.flatMap((text) => {
    const begun = diagnosis.hear({ speaker: 'kernel', text }, 0);
    if (begun !== undefined) symptoms.add(begun);
    return begun ?? [];
  });
  return finding;
}

test('one report by two channels is one symptom, with the function that either names', () => {
  for (const [first, second] of [
    [[], TRACE],
    [TRACE, []],
  ]) {
    const symptoms = new Symptoms([]);
    heard(symptoms, HEAD, ...(first ?? []));
    heard(symptoms, HEAD, ...(second ?? []));
    expect(symptoms.all.map(({ title }) => title)).toEqual(['INFO: task hung in my_wait']);
  }
});

test('of equal reports the first stays', () => {
  const symptoms = new Symptoms([]);
  const first = heard(symptoms, HEAD, ...TRACE);
  heard(symptoms, HEAD, ...TRACE);
  expect(symptoms.all).toEqual([first]);
});
