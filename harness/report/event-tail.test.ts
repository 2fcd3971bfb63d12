import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { deferred } from '../util/deferred.ts';
import { EventTail } from './event-tail.ts';
import { encodeEvent, type RunEvent } from './events.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'hotfire-tail-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

function notice(text: string): RunEvent {
  return { kind: 'notice', at: 1, target: 't', repetition: 1, file: 'f', test: null, text };
}

it('hands on each event once, also one whose line comes in two parts', () => {
  const path = join(directory, 'events.jsonl');
  const seen: RunEvent[] = [];
  const tail = new EventTail(path, (event) => seen.push(event));
  const line = encodeEvent(notice('große Überraschung'));
  const half = Buffer.from(line).indexOf('ß') + 1;
  appendFileSync(path, encodeEvent(notice('one')));
  appendFileSync(path, Buffer.from(line).subarray(0, half));
  tail.drain();
  expect(seen).toEqual([notice('one')]);
  appendFileSync(path, Buffer.from(line).subarray(half));
  tail[Symbol.dispose]();
  expect(seen).toEqual([notice('one'), notice('große Überraschung')]);
});

it('counts lines that were torn by a full disk, and goes on', () => {
  const path = join(directory, 'events.jsonl');
  const seen: RunEvent[] = [];
  using tail = new EventTail(path, (event) => seen.push(event));
  appendFileSync(path, encodeEvent(notice('torn')).slice(0, 20));
  appendFileSync(path, encodeEvent(notice('glued to it')));
  appendFileSync(path, encodeEvent(notice('whole')));
  tail.drain();
  expect(seen).toEqual([notice('whole')]);
  expect(tail.damagedLines).toBe(1);
});

it('reads what was appended without being asked', async () => {
  const path = join(directory, 'events.jsonl');
  const { promise, resolve } = deferred<RunEvent>();
  using tail = new EventTail(path, resolve);
  expect(tail).toBeDefined();
  appendFileSync(path, encodeEvent(notice('hello')));
  await expect(promise).resolves.toEqual(notice('hello'));
});
