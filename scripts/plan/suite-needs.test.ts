import { join } from 'node:path';

import { expect, test } from 'vitest';

import { needsOfFile, needsOfTests } from './suite-needs.ts';

test.each([
  ['no need', `test('x', async ({ vm }) => { await vm.api.get(); });`, [[]]],
  ['its own', `test('x', () => { needs('cri', 'docker'); });`, [[['cri'], ['docker']]]],
  [
    'that of hooks around it, and of no other',
    `test.beforeEach(() => { needs('bridge'); });
     describe('a', () => { test.beforeEach(() => { needs('cri'); }); test('x', () => {}); });
     test.for([1])('%i', () => { needs('agent'); });`,
    [
      [['bridge'], ['cri']],
      [['bridge'], ['agent']],
    ],
  ],
  [
    'those of fixtures',
    `const test = updateSuite(); test('x', ({ vm }) => {}); test('y', ({ updates: u }) => {}); test('z', ({ image }) => {});`,
    [[['updates'], ['ab-slots']], [['updates'], ['ab-slots']], []],
  ],
  [
    'either runtime',
    `const test = running(containerSuite()); test('x', ({ containers }) => {});`,
    [[['cri', 'docker']]],
  ],
  ['that of a part of the machine', `test('x', async ({ vm }) => { await vm.cri.pull(''); });`, [[['cri']]]],
  [
    'that of a function of the file, also of one that calls itself',
    `test('x', async () => { await step('s', async () => { helper(); }); });
     function helper() { needs('login'); helper(); }`,
    [[['login']]],
  ],
  [
    'nothing that may not be executed',
    `test('x', ({ vm, image }) => {
       if (image.docker) needs('docker');
       const pull = () => vm.cri.pull('');
       image.docker ? vm.docker : vm.cri;
       image.docker && needs('docker');
       for (const one of []) needs('agent');
     });`,
    [[]],
  ],
])('a test has %s', (_what, text, needs) => {
  expect(needsOfTests(text)).toEqual(needs);
});

test('helpers of other files count, unless the file has a function of that name', () => {
  const helper = `export async function help(vm) { await vm.cri.images(); }`;
  const text = `test('x', async ({ vm }) => { await help(vm); });`;
  expect(needsOfTests(text, [helper])).toEqual([[['cri']]]);
  expect(needsOfTests(`${text} function help() {}`, [helper])).toEqual([[]]);
});

test('a file of a suite is read with its helpers', async () => {
  const file = join(import.meta.dirname, '../../suites/containers/pull-faults.suite.ts');
  const needs = await needsOfFile(file);
  expect(needs.length).toBeGreaterThan(3);
  for (const ofTest of needs) expect(ofTest).toContainEqual(['cri']);
});
