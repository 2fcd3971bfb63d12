import { expect, test } from 'vitest';

import { InfrastructureError } from '../../../util/errors.ts';
import { CLOCK_FAULT, clockFault } from './clock-fault.ts';

test('a clock that runs too fast is the fault of the host', () => {
  const fault = clockFault('[    0.032000] tsc: PIT calibration deviates from HPET: 41402 2296198');
  expect(fault).toBeInstanceOf(InfrastructureError);
  expect(fault?.message).toMatch(/55 times/);
  expect(fault?.message).toMatch(CLOCK_FAULT);
});

test.each([
  'tsc: PIT calibration deviates from PMTIMER: 2000000 2296198',
  'tsc: PIT calibration deviates from HPET: 0 0',
  'tsc: Unable to calibrate against PIT',
])('"%s" is no fault', (line) => {
  expect(clockFault(line)).toBeUndefined();
});
