import { setTimeout as sleep } from 'node:timers/promises';

import { expect, test } from 'vitest';

import { Disposables } from './disposables.ts';

test('cleanups run in reverse, one after the other', async () => {
  const ran: string[] = [];
  const all = new Disposables();
  for (const [name, ms] of [
    ['first', 0],
    ['second', 20],
    ['third', 5],
  ] as const) {
    all.defer(async () => {
      ran.push(`${name} begins`);
      await sleep(ms);
      ran.push(`${name} ends`);
    });
  }
  await all[Symbol.asyncDispose]();
  expect(ran).toEqual(['third', 'second', 'first'].flatMap((name) => [`${name} begins`, `${name} ends`]));
});

test('every cleanup runs though others fail, and the first failure is thrown', async () => {
  const ran: string[] = [];
  const all = new Disposables();
  all.defer(() => void ran.push('last'));
  all.defer(() => Promise.reject(new Error('second failure')));
  all.defer(() => void ran.push('between'));
  all.defer(() => {
    throw new Error('first failure');
  });
  await expect(all[Symbol.asyncDispose]()).rejects.toThrow('first failure');
  expect(ran).toEqual(['between', 'last']);
});

test('a failure that is undefined is a failure', async () => {
  const all = new Disposables();
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what a library might do.
  all.defer(() => Promise.reject(undefined));
  await expect(all[Symbol.asyncDispose]()).rejects.toBeUndefined();
});

test('nothing is cleaned up twice, and what came later is', async () => {
  const ran: string[] = [];
  const all = new Disposables();
  all.defer(() => {
    ran.push('once');
    throw new Error('fails');
  });
  await expect(all[Symbol.asyncDispose]()).rejects.toThrow('fails');
  await all[Symbol.asyncDispose]();
  all.defer(() => void ran.push('later'));
  await all[Symbol.asyncDispose]();
  expect(ran).toEqual(['once', 'later']);
});

test('a cleanup that is added by another one runs as well', async () => {
  const ran: string[] = [];
  const all = new Disposables();
  all.defer(() => void ran.push('first'));
  all.defer(() => {
    all.defer(() => void ran.push('added'));
  });
  await all[Symbol.asyncDispose]();
  expect(ran).toEqual(['added', 'first']);
});

test('a resource that is used is returned, and awaited at its disposal', async () => {
  const ran: string[] = [];
  {
    await using all = new Disposables();
    const resource = {
      async [Symbol.asyncDispose]() {
        await sleep(5);
        ran.push('resource');
      },
    };
    all.defer(() => void ran.push('deferred'));
    expect(all.use(resource)).toBe(resource);
  }
  expect(ran).toEqual(['resource', 'deferred']);
});
