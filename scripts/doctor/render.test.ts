import { stripVTControlCharacters } from 'node:util';

import { describe, expect, it } from 'vitest';

import { isReady, type Finding } from './finding.ts';
import { renderLines, renderTable } from './render.ts';
import { isAtLeast } from './runtime.ts';

const good: Finding = { topic: 'QEMU', state: 'good', found: '7.2.22', essential: true, details: ['see'] };
const gap: Finding = { topic: 'memory', state: 'missing', found: 'none', hint: 'Buy some.', essential: true };

describe('the verdict', () => {
  it('looks at essential things only', () => {
    expect(isReady([good, { ...gap, essential: false }])).toBe(true);
    expect(isReady([good, { ...gap, state: 'limited' }])).toBe(true);
    expect(isReady([good, gap])).toBe(false);
  });
});

it('a table has its columns aligned and the hint under its gap', () => {
  expect(stripVTControlCharacters(renderTable([good, gap]))).toBe(
    [
      'good     QEMU    7.2.22',
      '                 - see',
      'missing  memory  none',
      '                 → Buy some.',
      '',
      "This host can't boot images yet: memory.",
      '',
    ].join('\n'),
  );
});

it('plain lines hold one finding each', () => {
  expect(renderLines([good, { ...gap, essential: false }])).toBe(
    [
      'good: QEMU: 7.2.22',
      'missing: memory: none → Buy some.',
      'This host can boot images: npm test -- --suite boot',
      '',
    ].join('\n'),
  );
});

it('versions compare by number', () => {
  expect(isAtLeast('20.19.0', '20.19')).toBe(true);
  expect(isAtLeast('20.9.0', '20.19')).toBe(false);
  expect(isAtLeast('22.0.1', '20.19')).toBe(true);
  expect(isAtLeast('18.99.0', '20.19')).toBe(false);
});
