import { describe, expect, it } from 'vitest';

import { bootsOfRun } from '../../history/boot-phases.ts';
import { NO_LOGS, type MachineLogs } from '../../logs/read.ts';
import { runReportSchema, type RunReport } from '../../schema.ts';
import { SAMPLE_REPORT } from '../testing/sample-report.ts';
import { htmlPage } from './page.ts';

const LOGS = new Map<string, MachineLogs>([
  [
    'boot-2',
    {
      console: {
        lines: [
          { atMs: null, text: 'half a line' },
          { atMs: 8123, text: 'device-mapper: verity: data block 3 is corrupted </script>' },
        ],
        gap: { before: 1, bytes: 4096 },
      },
      journal: { lines: [{ atMs: 3000, text: 'systemd: Starting <it>' }], gap: null },
      screen: null,
    },
  ],
]);

/** Without style and script, which have no golden file but the browser. */
function withoutOwn(page: string): string {
  return page
    .replace(/<style>[^]*?<\/style>/, '')
    .replace(/<script type="module">[^]*?<\/script>/, '')
    .replace(/sha256-[^&]*/, '');
}

it('index.html is as its golden file', async () => {
  const page = withoutOwn(htmlPage(SAMPLE_REPORT, { logs: LOGS }));
  await expect(page).toMatchFileSnapshot('../testing/index.html.golden');
});

describe('the screen of a machine', () => {
  const [vm] = SAMPLE_REPORT.vms;
  if (vm === undefined) throw new Error('the sample has a machine');
  const pageWith = (files: string[], screen: Buffer | null): string =>
    htmlPage(
      { ...SAMPLE_REPORT, vms: [{ ...vm, files }] },
      { logs: new Map([[vm.id, { ...NO_LOGS, screen }]]) },
    );

  it('is in the page itself, which may load no other picture', () => {
    const page = pageWith(['screen.png'], Buffer.from('of it'));
    expect(page).toContain('src="data:image/png;base64,b2YgaXQ=" alt="Screen of boot-2 at its end"');
    expect(page).toMatch(/default-src &#39;none&#39;;[^"]*img-src data:;/);
  });

  it('is a link where it is too large, and else its absence is said', () => {
    expect(pageWith(['screen.png'], null)).toMatch(
      /not shown here:\s+<a href="\.\/vms\/boot-2\/screen\.png">/,
    );
    expect(pageWith([], null)).toContain(
      'No picture of its screen: it had no display, or was off at its end.',
    );
  });
});

describe('boot times over runs', () => {
  const firmwareAt = (ms: number, startedAt: string, name: 'kvm' | 'tcg' = 'tcg') => {
    const lives = SAMPLE_REPORT.lives.map((life) => ({
      ...life,
      boots: [{ startMs: 0, marks: { firmware: ms } }],
    }));
    const targets = SAMPLE_REPORT.targets.map((one) => ({ ...one, accelerator: { name, reason: '' } }));
    return bootsOfRun({ ...SAMPLE_REPORT, startedAt, lives, targets });
  };

  it('has the median and spread of earlier runs on the same accelerator, and each as a text', () => {
    const runs = [
      firmwareAt(100, '2026-11-20T00:00:00Z'),
      firmwareAt(7, '2026-11-20T12:00:00Z', 'kvm'),
      firmwareAt(140, '2026-11-21T00:00:00Z'),
    ];
    const page = htmlPage(SAMPLE_REPORT, { earlier: { runs, unreadable: ['of <old>'] } });
    const [, section = ''] = /<section id="boot-trend"([^]*?)<\/section>/.exec(page) ?? [];
    expect(section.match(/<tr>/g)).toHaveLength(2);
    expect(section).toMatch(/power on → firmware<\/th>\s+<td data-label="this run">300 ms<\/td>/);
    expect(section).toMatch(/120 ms; 100 to 140, ±\s+20/);
    expect(section).toMatch(/aria-label="[^"]*medians of 3 runs, the present one last: 100, 140, 300 ms"/);
    expect(section).toMatch(/<title>2026-11-22T21:05:12.000Z: 300 ms \(median of 3; 250 to 310\)<\/title>/);
    expect(section).toContain("Without reports that can't be read: of &lt;old&gt;");
  });

  it('is not there without an earlier run that booted the same', () => {
    const other = firmwareAt(7, '2026-11-20T12:00:00Z', 'kvm');
    for (const runs of [[], [other]])
      expect(htmlPage(SAMPLE_REPORT, { earlier: { runs, unreadable: ['a'] } })).not.toContain('boot-trend');
  });
});

describe('hostile text', () => {
  const ATTACK = `"'><img src=x onerror=alert(1)></script></pre></style><!--]]>&\u2028\\u003cb`;
  const FREE = new Set(
    Object.entries({
      ...{ top: ['commandLine', 'id', 'system', 'node', 'name', 'variant', 'path', 'version', 'reason'] },
      ...{ test: ['suite', 'file', 'target', 'promise', 'skipReason', 'reproduce', 'message', 'stack'] },
      ...{ more: ['issue', 'owner', 'expires', 'unit', 'directory', 'title', 'text', 'kind', 'vm', 'error'] },
    }).flatMap(([, keys]) => keys),
  );

  /** Each text of the report that is not one of a few words. */
  function attacked<T>(value: T, key = ''): T {
    if (Array.isArray(value))
      return value.map((one: unknown) =>
        typeof one === 'string' ? one + ATTACK : attacked(one),
      ) as unknown as T;
    if (typeof value === 'string' && FREE.has(key) && value !== 'tcg') return (value + ATTACK) as T;
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, one]) => [name, name === 'accelerator' ? one : attacked(one, name)]),
    ) as T;
  }

  it('stays text wherever it is: markup, attributes, SVG, data', () => {
    const report: RunReport = runReportSchema.parse(attacked(SAMPLE_REPORT));
    const logs = new Map([...LOGS].map(([id, log]) => [id + ATTACK, attacked(log)]));
    const page = htmlPage(report, { logs, earlier: { runs: [bootsOfRun(report)], unreadable: [ATTACK] } });
    expect(page.split('onerror=alert').length).toBeGreaterThan(50);
    const rest = withoutOwn(page).replace('<!doctype html>', '');
    expect(rest).not.toMatch(/<img|<!|<\/pre>[^\n]*&#39;|<b>/);
    expect(rest.match(/<script/g)).toHaveLength(1);
    expect(rest.match(/<\/script/g)).toHaveLength(1);
    expect(rest).not.toContain('\u2028"');
    const [, json = ''] =
      /<script type="application\/json" class="log-data">([^]*?)<\/script>/.exec(page) ?? [];
    const data = JSON.parse(json) as { console: [number | null, string][] };
    expect(data.console.map(([, text]) => text).filter((text) => text.endsWith(ATTACK))).toHaveLength(2);
  });

  it('in a file name leads nowhere but below the report', () => {
    const [vm] = SAMPLE_REPORT.vms;
    if (vm === undefined) throw new Error('the sample has a machine');
    const vms = [{ ...vm, directory: 'javascript:alert(1)//', files: ['../a b#c?d', 'x:y'] }];
    const links = Array.from(
      htmlPage({ ...SAMPLE_REPORT, vms }).matchAll(/href="([^"#][^"]*)"/g),
      ([, to]) => to,
    );
    expect(links.length).toBeGreaterThan(1);
    for (const link of links)
      expect(link).toMatch(/^\.\/javascript%3Aalert\(1\)\/\/\/(x%3Ay|\.\.\/a%20b%23c%3Fd)$/);
  });
});

it('without its script the page hides nothing and offers nothing in vain', () => {
  const page = withoutOwn(htmlPage(SAMPLE_REPORT, { logs: LOGS }));
  const hidden = Array.from(page.matchAll(/<(\w+)[^>]* hidden\b/g), ([, name]) => name);
  expect(new Set(hidden)).toEqual(new Set(['form', 'button']));
});

it('2,000 tests make a page of bounded size', () => {
  const [passed, failed] = SAMPLE_REPORT.tests;
  if (passed === undefined || failed === undefined) throw new Error('the sample has tests');
  const tests = Array.from({ length: 2000 }, (_, index) => ({
    ...(index % 100 === 0 ? failed : passed),
    ...{ promise: `promise ${index}`, suite: `suite-${index % 20}`, vms: [`vm-${index}`] },
  }));
  const vms = SAMPLE_REPORT.vms.flatMap((vm) =>
    tests.flatMap(({ state, vms: [id = ''] }) => (state === 'failed' ? [{ ...vm, id }] : [])),
  );
  const lives = SAMPLE_REPORT.lives.flatMap((life) => tests.map(({ vms: [vm = ''] }) => ({ ...life, vm })));
  const page = htmlPage({ ...SAMPLE_REPORT, tests, vms, lives });
  expect(page.match(/<details\s+class="test /g)).toHaveLength(2000);
  expect(page.match(/<details\s+class="machine"/g)).toHaveLength(20);
  expect(page.length).toBeLessThan(tests.length * 3 * 2 ** 10);
});
