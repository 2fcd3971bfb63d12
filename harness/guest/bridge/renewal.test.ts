import { join } from 'node:path';

import { dir } from 'tmp-promise';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { Deadline } from '../../util/deadline.ts';
import { Disposables } from '../../util/disposables.ts';
import { Bridge } from './bridge.ts';
import { heldBackBytes } from './wire/magic.ts';
import { NONCE_BYTES } from './protocol.ts';
import { encodeRenewal, newIdentity, plantedNonce, RenewalError } from './renewal.ts';
import { ScriptedGuest } from './testing/scripted-guest.ts';

let cleanup: Disposables;
let guest: ScriptedGuest;
let bridge: Bridge;

const soon = (): Deadline => Deadline.after(60_000, 'the guest to be renewed');

beforeEach(async () => {
  cleanup = new Disposables();
  const run = await dir({ prefix: 'renewal-', unsafeCleanup: true });
  cleanup.defer(run.cleanup);
  const path = join(run.path, 'bridge.sock');
  guest = cleanup.use(await ScriptedGuest.listen(path));
  bridge = cleanup.use(await Bridge.connect(path, soon()));
});

afterEach(async () => {
  await cleanup[Symbol.asyncDispose]();
});

const NO_NONCE = Buffer.alloc(NONCE_BYTES);

test('goes out with the greeting, and gets the nonce that the guest held before', async () => {
  const renewal = newIdentity();
  const renewed = bridge.renew(renewal, soon());
  await guest.greet();
  const { payload } = await guest.next('renew');
  expect(payload.subarray(0, NONCE_BYTES)).toEqual(renewal.nonce);
  expect(payload.toString('latin1')).toContain(renewal.machineId);
  expect(payload.subarray(-6)).toEqual(renewal.mac);
  const planted = plantedNonce().nonce;
  guest.send('renewed', 0, planted);
  expect(await renewed).toEqual({ previousNonce: planted, faults: '' });
});

test('a planted nonce comes with new entropy, and leaves the guest who it is', async () => {
  await guest.greet();
  await bridge.ready(soon());
  expect(bridge.canRenew).toBe(true);
  const payloads: Buffer[] = [];
  for (let turn = 0; turn < 2; turn += 1) {
    const renewed = bridge.renew(plantedNonce(), soon());
    payloads.push((await guest.next('renew')).payload);
    guest.send('renewed', 0, Buffer.concat([NO_NONCE, Buffer.from('no clock')]));
    expect((await renewed).faults).toBe('no clock');
  }
  const [first = NO_NONCE, second = NO_NONCE] = payloads;
  expect(first.subarray(24, 88)).not.toEqual(second.subarray(24, 88));
  expect(Number(first.readBigUInt64LE(16) / 1_000_000n)).toBeCloseTo(Date.now(), -4);
  expect(first.subarray(88)).toEqual(Buffer.alloc(38));
});

test('a guest that starts again was not renewed', async () => {
  const renewed = bridge.renew(newIdentity(), soon());
  await guest.next('renew');
  guest.boot();
  await expect(renewed).rejects.toThrow(RenewalError);
  await expect(renewed).rejects.toThrow("not renewed: the guest's bridge has started again");
});

test('no new identity ends in what could begin a magic, which a guest would wait for the rest of', () => {
  for (let count = 0; count < 5000; count += 1) {
    expect(heldBackBytes(encodeRenewal(newIdentity(), Date.now()))).toBe(0);
  }
});

test('a guest that only answers the greeting is reported as not renewed', async () => {
  const renewed = bridge.renew(newIdentity(), Deadline.after(3000, 'the guest to be renewed'));
  await guest.greet();
  await expect(renewed).rejects.toThrow("the guest's answer to our greeting");
});

test('a guest of version 1 is talked to, but can not be renewed', async () => {
  await guest.greet(1);
  await bridge.ready(soon());
  expect(bridge.canRenew).toBe(false);
});
