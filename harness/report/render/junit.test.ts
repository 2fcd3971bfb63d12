import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { RunReport, TestRecord } from '../schema.ts';
import { junitXml } from './junit.ts';
import { SAMPLE_REPORT } from './testing/sample-report.ts';

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

/** The part of XML 1.0 that a report uses, read strictly: whatever is left over is an error. */
function parse(xml: string): Element {
  // eslint-disable-next-line no-control-regex -- section 2.2: the characters that a document can't have
  expect(xml).not.toMatch(/[\0-\x08\v\f\x0e-\x1f\ud800-\udfff\ufffe\uffff]/u);
  const root: Element = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  const token = /<\/([a-z-]+)>|<([a-z-]+)((?: [a-z]+="[^"<]*")*)(\/?)>|([^<]+)/gy;
  token.lastIndex = xml.indexOf('?>') + 2;
  while (token.lastIndex < xml.length) {
    const [, closing, opening, attributes = '', empty, text] = token.exec(xml) ?? [];
    if (text !== undefined) within(open).text += decoded(text);
    else if (closing !== undefined) expect(open.pop()?.name).toBe(closing);
    else if (opening !== undefined) {
      const element = { name: opening, attributes: attributesOf(attributes), children: [], text: '' };
      within(open).children.push(element);
      if (empty === '') open.push(element);
    } else throw new Error(`no XML: ${xml}`);
  }
  expect(open).toEqual([root]);
  return root.children[0] ?? root;
}

function within(open: readonly Element[]): Element {
  const element = open.at(-1);
  if (element === undefined) throw new Error('more is closed than was opened');
  return element;
}

/** A reader makes a space of a line end in an attribute, unless it is written as an entity. */
function attributesOf(text: string): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [, name = '', value] of text.matchAll(/ ([a-z]+)="([^"]*)"/g)) {
    attributes[name] = decoded(value?.replaceAll('\n', ' '));
  }
  return attributes;
}

function decoded(text = ''): string {
  const characters: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#10': '\n' };
  return text.replace(/&([^;]*);?/g, (entity, name: string) => characters[name] ?? `not decoded: ${entity}`);
}

/** What a document can carry of a text: no control characters, no halves of a character. */
function carried(text: string): string {
  const outside = (character: string): boolean =>
    (character < ' ' && character !== '\n') ||
    (character.length === 1 && character >= '\ud800' && character <= '\udfff') ||
    ['\u007f', '\ufffe', '\uffff'].includes(character);
  return Array.from(text)
    .filter((character) => !outside(character))
    .join('');
}

const [PASSED, FAILED, SKIPPED, BROKEN] = SAMPLE_REPORT.tests as [
  TestRecord,
  TestRecord,
  TestRecord,
  TestRecord,
];

function suitesOf(tests: TestRecord[], report: Partial<RunReport> = {}): Element {
  return parse(junitXml({ ...SAMPLE_REPORT, tests, ...report }));
}

function onlyCase(test: TestRecord): Element {
  const [testcase] = suitesOf([test]).children[0]?.children ?? [];
  if (testcase === undefined) throw new Error('no case');
  return testcase;
}

/** Texts that would break careless markup, and none of what terminals take for a command. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom('<', '>', '&', '"', "'", '\n', ']]>', '&amp;', '\0', '\ud800', '\uffff', '😀'),
      fc.string({ unit: 'binary' }),
    ),
  )
  .map((parts) => parts.join('').replaceAll('\t', '').replaceAll('\u001b', ''));

describe('any text', () => {
  it('reads back as it was, but for what XML can not carry', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const failure = { name: text, message: text, stack: `at ${text}`, infrastructure: false };
        const failed = onlyCase({ ...FAILED, promise: text, failures: [failure] });
        expect(failed.attributes['name']).toContain(carried(text));
        expect(failed.children[0]).toMatchObject({
          name: 'failure',
          attributes: { type: carried(text), message: carried(text.split('\n', 1)[0] ?? '') },
          text: `at ${carried(text)}`,
        });
        const skipped = onlyCase({ ...SKIPPED, file: text, target: text, skipReason: text });
        expect(skipped.attributes['classname']).toContain(carried(text));
        expect(skipped.children[0]).toMatchObject({
          name: 'skipped',
          attributes: { message: carried(text) },
        });
        expect(suitesOf([{ ...PASSED, suite: text }]).children[0]?.attributes['name']).toContain(
          carried(text),
        );
      }),
    );
  });

  it('of a terminal loses its colours', () => {
    const failure = { name: 'E', message: '\u001b[31mred\u001b[0m', stack: null, infrastructure: false };
    expect(onlyCase({ ...FAILED, failures: [failure] }).children[0]).toMatchObject({
      attributes: { message: 'red' },
      text: 'red',
    });
  });
});

describe('totals', () => {
  const known = fc.constantFrom(PASSED, FAILED, SKIPPED, BROKEN);

  it('are what a reader counts, for the run and each suite', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(known, fc.constantFrom('a', 'b'))), (chosen) => {
        const tests = chosen.map(([test, suite]) => ({ ...test, suite }));
        const run = suitesOf(tests);
        const cases = run.children.flatMap(({ children }) => children);
        expect(cases).toHaveLength(tests.length);
        expect(run.children).toHaveLength(new Set(tests.map(({ suite }) => suite)).size);
        for (const [element, inside] of [
          [run, cases] as const,
          ...run.children.map((suite) => [suite, suite.children] as const),
        ]) {
          const having = (child: string): string =>
            String(inside.filter(({ children }) => children.some(({ name }) => name === child)).length);
          expect(element.attributes).toMatchObject({
            ...{ tests: String(inside.length), failures: having('failure') },
            ...{ errors: having('error'), skipped: having('skipped') },
          });
        }
      }),
    );
  });

  it('have the time of a suite, and that of the run', () => {
    const tests = [PASSED, { ...PASSED, durationMs: 1 }, { ...PASSED, suite: 'other', durationMs: 0.4 }];
    const run = suitesOf(tests, { durationMs: 12_345 });
    expect(run.attributes['time']).toBe('12.345');
    expect(run.children.map(({ attributes }) => attributes['time'])).toEqual(['9.877', '0.000']);
  });
});

describe('a case', () => {
  it('names the machines of which there is evidence, and what was measured', () => {
    const [output] = onlyCase({ ...PASSED, vms: ['boot-1', 'boot-2'] }).children;
    expect(output).toMatchObject({
      name: 'system-out',
      text: 'firmware: 1520 ms (median of 3; 1490 to 1610)\nmachine: vms/boot-2/',
    });
  });

  it('that failed has the evidence attached, where an engine finds it', () => {
    const [vm] = SAMPLE_REPORT.vms;
    if (vm === undefined) throw new Error('the sample has a machine');
    const vms = [{ ...vm, files: ['console.log', 'a]]b', 'a\nb', 'c d', 'disk0.qcow2', 'memory.elf'] }];
    const xml = junitXml({ ...SAMPLE_REPORT, tests: [FAILED], vms }, 'reports/1');
    const [output] = parse(xml).children[0]?.children[0]?.children.slice(-1) ?? [];
    expect(output?.text.split('\n')).toEqual([
      'machine: vms/boot-2/',
      '[[ATTACHMENT|reports/1/vms/boot-2/console.log]]',
      '[[ATTACHMENT|reports/1/vms/boot-2/c d]]',
    ]);
  });

  it('that passed has nothing in it but that', () => {
    expect(onlyCase({ ...PASSED, measurements: [], vms: [] }).children).toEqual([]);
  });

  it('that failed twice shows both, the fault of the host as an error', () => {
    const { children } = onlyCase({ ...FAILED, failures: [...FAILED.failures, ...BROKEN.failures] });
    expect(children.map(({ name }) => name)).toEqual(['failure', 'error', 'system-out']);
    expect(children[0]?.attributes['message']).toBe('expected "<b>" to be "&"');
    expect(children[1]?.text).toBe('QEMU died');
  });
});
