/** One archive of binary packages that apt is configured to use. */
export interface AptSource {
  readonly uri: string;
  readonly suite: string;
  readonly components: readonly string[];
}

/** Reads the format of `*.sources` files (sources.list(5), "deb822-style format"). */
export function parseDeb822Sources(text: string): AptSource[] {
  return text.split(/\n\s*\n/).flatMap((stanza) => {
    const fields = parseFields(stanza);
    const words = (name: string): string[] =>
      (fields.get(name) ?? '').split(/\s+/).filter((word) => word !== '');
    if (
      /^(no|false|without|off|disable)$/i.test(fields.get('enabled') ?? '') ||
      !words('types').includes('deb')
    ) {
      return [];
    }
    const components = words('components');
    return words('uris').flatMap((uri) => words('suites').map((suite) => ({ uri, suite, components })));
  });
}

/** Reads the format of `sources.list` (sources.list(5), "one-line-style format"). */
export function parseOneLineSources(text: string): AptSource[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line);
    if (match === null) return [];
    const [, uri = '', suite = '', components = ''] = match;
    return [{ uri, suite, components: components.trim().split(/\s+/) }];
  });
}

function parseFields(stanza: string): Map<string, string> {
  const fields = new Map<string, string>();
  let name = '';
  for (const line of stanza.split('\n')) {
    if (line.startsWith('#')) continue;
    const start = /^([A-Za-z-]+):(.*)$/.exec(line);
    if (start !== null) name = (start[1] ?? '').toLowerCase();
    const value = start === null ? line : (start[2] ?? '');
    if (name !== '') fields.set(name, `${fields.get(name) ?? ''} ${value.trim()}`.trim());
  }
  return fields;
}
