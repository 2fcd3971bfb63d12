import { stripVTControlCharacters, styleText } from 'node:util';

import { isReady, type Finding, type State } from './finding.ts';

/** Raised whenever a reader of the previous version could misunderstand the new one. */
const JSON_VERSION = 2;

const COLOURS = { good: 'green', limited: 'yellow', missing: 'red' } as const satisfies Record<State, string>;

export function renderJson(findings: readonly Finding[]): string {
  return `${JSON.stringify({ version: JSON_VERSION, ready: isReady(findings), findings }, undefined, 2)}\n`;
}

/** For a person: columns, colours, and under each gap what to do about it. */
export function renderTable(findings: readonly Finding[]): string {
  const topicWidth = Math.max(...findings.map(({ topic }) => topic.length));
  const stateWidth = 'limited'.length;
  const indent = ' '.repeat(stateWidth + topicWidth + 4);
  const rows = findings.flatMap(({ state, topic, found, hint, details = [] }) => [
    `${styleText(COLOURS[state], state.padEnd(stateWidth))}  ${topic.padEnd(topicWidth)}  ${found}`,
    ...details.map((detail) => styleText('dim', `${indent}- ${detail}`)),
    ...(hint === undefined ? [] : [`${indent}→ ${hint}`]),
  ]);
  return [...rows, '', verdict(findings), ''].join('\n');
}

/** For a log: one line for each finding. */
export function renderLines(findings: readonly Finding[]): string {
  const rows = findings.map(({ state, topic, found, hint }) =>
    [`${state}: ${topic}: ${found}`, hint].filter((part) => part !== undefined).join(' → '),
  );
  return stripVTControlCharacters([...rows, verdict(findings), ''].join('\n'));
}

function verdict(findings: readonly Finding[]): string {
  if (isReady(findings)) return 'This host can boot images: npm test -- --suite boot';
  const missing = findings.filter(({ essential, state }) => essential && state === 'missing');
  return `This host can't boot images yet: ${missing.map(({ topic }) => topic).join(', ')}.`;
}
