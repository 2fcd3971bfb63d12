import { describe, expect, it } from 'vitest';

import { parseDeb822Sources, parseOneLineSources } from './apt-sources.ts';

describe('parseDeb822Sources', () => {
  it('reads stanzas with comments, several suites and folded fields', () => {
    const text = [
      'Types: deb deb-src',
      '# a comment between fields',
      'URIs: http://mirror.example/debian',
      'Suites: bookworm',
      ' bookworm-updates',
      'Components: main contrib',
      '',
      'Enabled: no',
      'Types: deb',
      'URIs: http://off.example/debian',
      'Suites: bookworm',
      'Components: main',
      '',
      'Types: deb-src',
      'URIs: http://sources.example/debian',
      'Suites: bookworm',
      'Components: main',
    ].join('\n');
    const source = { uri: 'http://mirror.example/debian', components: ['main', 'contrib'] };
    expect(parseDeb822Sources(text)).toEqual([
      { ...source, suite: 'bookworm' },
      { ...source, suite: 'bookworm-updates' },
    ]);
  });
});

describe('parseOneLineSources', () => {
  it('reads lines with and without options, and no comments or sources', () => {
    const text = [
      '# deb http://commented.example/debian trixie main',
      'deb [arch=amd64 signed-by=/k.gpg] http://a.example/debian trixie main contrib # tail',
      'deb-src http://b.example/debian trixie main',
      'deb http://c.example/debian trixie-updates main',
    ].join('\n');
    expect(parseOneLineSources(text)).toEqual([
      { uri: 'http://a.example/debian', suite: 'trixie', components: ['main', 'contrib'] },
      { uri: 'http://c.example/debian', suite: 'trixie-updates', components: ['main'] },
    ]);
  });
});
