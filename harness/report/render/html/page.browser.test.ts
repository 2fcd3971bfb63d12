import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import axe from 'axe-core';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';

import { which } from '../../../process/which.ts';
import type { TestRecord } from '../../schema.ts';
import { writeReport } from '../../write.ts';
import { SAMPLE_REPORT } from '../testing/sample-report.ts';

const browserPath = (await which('chromium')) ?? (await which('chromium-headless-shell'));

/** A busy host is ten times as slow. */
const WAIT_MS = 120_000;
const TEST_MS = 360_000;
const MANY = 300;
/** Axe looks at everything again and again. */
const FEW = 12;
/** A hundred in each second. */
const LINES = 600;
const PHONE = { width: 360, height: 740 };
/** A PNG. */
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
/** Of the machine boot-2. */
const STARTED_MS = 21_000;

/** The sample, more tests, and the logs of a machine. */
async function writeRun(directory: string, total: number): Promise<void> {
  const vm = join(directory, 'vms/boot-2');
  await mkdir(vm, { recursive: true });
  const line = (index: number): string =>
    `[${(index / 100).toFixed(3).padStart(9)}] line ${index} <script>alert(1)</script>\n`;
  await writeFile(join(vm, 'console.log'), Array.from({ length: LINES }, (_, index) => line(index)).join(''));
  const startMs = Date.parse(SAMPLE_REPORT.startedAt) + STARTED_MS;
  const entry = (index: number): string =>
    JSON.stringify({
      ...{ __REALTIME_TIMESTAMP: String((startMs + index * 20) * 1000), __MONOTONIC_TIMESTAMP: '1' },
      ...{ _BOOT_ID: 'b', SYSLOG_IDENTIFIER: 'kernel', MESSAGE: `entry ${index}` },
    });
  const entries = Array.from({ length: 300 }, (_, index) => entry(index));
  await writeFile(join(vm, 'journal.jsonl'), entries.join('\n'));
  const [passed] = SAMPLE_REPORT.tests;
  if (passed === undefined) throw new Error('the sample has a test');
  const more = Array.from({ length: total - SAMPLE_REPORT.tests.length }, (_, index): TestRecord => ({
    ...{ ...passed, suite: `suite-${index % 10}`, promise: `promise ${index}` },
    file: `suite-${index % 10}/a.suite.ts`,
  }));
  await writeFile(join(vm, 'screen.png'), Buffer.from(PIXEL, 'base64'));
  const vms = SAMPLE_REPORT.vms.map((one) => ({
    ...one,
    files: [...one.files, 'journal.jsonl', 'screen.png'],
  }));
  await writeReport({ ...SAMPLE_REPORT, vms, tests: [...SAMPLE_REPORT.tests, ...more] }, directory);
}

describe.skipIf(browserPath === undefined)(
  'the page in a browser (needs Chromium)',
  { timeout: TEST_MS },
  () => {
    let browser: Browser;
    let directory: string;

    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'hotfire-page-'));
      await writeRun(join(directory, 'many'), MANY);
      await writeRun(join(directory, 'few'), FEW);
      browser = await chromium.launch({ executablePath: browserPath ?? '' });
    });

    afterAll(async () => {
      await browser.close();
      await rm(directory, { recursive: true });
    });

    /** Fails the test for whatever the page complains about: an error, or something that its policy refused. */
    async function open(run: 'few' | 'many', options: BrowserContextOptions = {}, hash = ''): Promise<Page> {
      const context = await browser.newContext({
        permissions: ['clipboard-read', 'clipboard-write'],
        ...options,
      });
      onTestFinished(() => context.close());
      context.setDefaultTimeout(WAIT_MS);
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('request', (request) => {
        if (request.url().startsWith('http')) complaints.push(request.url());
      });
      onTestFinished(() => {
        expect(complaints).toEqual([]);
      });
      await page.goto(`${pathToFileURL(join(directory, run, 'index.html')).href}${hash}`);
      return page;
    }

    const shown = (page: Page) => page.locator('.test:not([hidden])');
    const count = (page: Page) => page.locator('#shown').textContent();

    test('shows failures first, and opened', async () => {
      const page = await open('many');
      expect(await page.locator('h1').textContent()).toBe('failed · 297 passed, 2 failed, 1 skipped');
      expect(await shown(page).first().locator('h3').textContent()).toBe(
        'a flipped bit never reaches a reader',
      );
      expect(await page.locator('.test[open]').count()).toBe(2);
      expect(await count(page)).toBe('300 of 300 tests');
    });

    test('filters by state, suite and words, and shows all again', async () => {
      const page = await open('many');
      await page.getByLabel('passed (297)').uncheck();
      expect(await count(page)).toBe('3 of 300 tests');
      await page.getByLabel('passed (297)').check();
      await page.getByLabel('Suite').selectOption('suite-4');
      expect(await count(page)).toBe('30 of 300 tests');
      expect(await page.locator('#failures').isVisible()).toBe(false);
      await page.keyboard.press('/');
      await page.keyboard.type('PROMISE 234');
      expect(await shown(page).locator('.promise').allTextContents()).toEqual(['promise 234']);
      await page.keyboard.press('/');
      expect(await page.getByRole('searchbox').inputValue()).toBe('PROMISE 234/');
      await page.getByRole('button', { name: 'Show all' }).click();
      await expect.poll(() => count(page)).toBe('300 of 300 tests');
    });

    test('hands out the line that reproduces a failure', async () => {
      const page = await open('few');
      await page.locator('.test[open] .copy').first().click();
      await expect.poll(() => page.locator('.copy').first().textContent()).toBe('Copied');
      const line = 'npm test -- --suite boot/phases --variant metal-containerd';
      expect(await page.evaluate('navigator.clipboard.readText()')).toBe(line);
    });

    test('leads from a failure to its machine, and from a time to its lines', async () => {
      const page = await open('few');
      await page.locator('.test[open]').first().getByRole('link', { name: 'boot-2' }).click();
      const machine = page.locator('#machine-1');
      await machine.getByRole('button', { name: '1.68 s' }).click();
      const current = machine.locator('.line.current');
      expect(await current.allTextContents()).toEqual([
        '[    1.680] line 168 <script>alert(1)</script>',
        '[    1.680] kernel: entry 84',
      ]);
      for (const line of await current.all()) expect(await isInItsLog(line)).toBe(true);
      const place = async (): Promise<number> =>
        Number.parseFloat((await machine.locator('.cursor').getAttribute('x1')) ?? '');
      const before = await place();
      await machine.locator('[data-log=console]').focus();
      await page.keyboard.press('PageDown');
      await expect.poll(place).toBeGreaterThan(before);
    });

    test('shows how long boots took in the run before', async () => {
      const page = await open('few', {}, '#boot-trend');
      const plot = page.getByRole('img', { name: 'power on → firmware, medians of 2 runs' });
      expect(await plot.isVisible()).toBe(true);
    });

    test('shows the screen of a machine', async () => {
      const page = await open('few', {}, '#machine-1');
      const screen = page.getByAltText('Screen of boot-2 at its end');
      await screen.waitFor();
      expect(await screen.evaluate('document.querySelector(".screen").naturalWidth')).toBe(1);
    });

    test.each([
      ['light', { width: 1280, height: 900 }],
      ['dark', PHONE],
    ] as const)('has no fault that axe-core finds, %s', async (colorScheme, viewport) => {
      const page = await open('few', { colorScheme, viewport }, '#machine-1');
      await page.locator('#machine-1 .line').first().waitFor();
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate<axe.AxeResults>('axe.run()');
      expect(violations.map(({ id, nodes }) => [id, nodes.slice(0, 3).map(({ html }) => html)])).toEqual([]);
    });

    test('fits the width of a phone', async () => {
      const page = await open('few', { viewport: PHONE }, '#machine-1');
      await page.locator('#machine-1 .line').first().waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(PHONE.width);
    });

    test('can be read without its script', async () => {
      const page = await open('few', { javaScriptEnabled: false });
      expect(await shown(page).count()).toBe(FEW);
      expect(await page.locator('form:visible, .copy:visible').count()).toBe(0);
      await page.locator('#machine-1 > summary').click();
      expect(await page.locator('#machine-1 [data-log=console]').textContent()).toContain(
        'data block 3 is corrupted',
      );
    });
  },
);

async function isInItsLog(line: ReturnType<Page['locator']>): Promise<boolean> {
  const [inner, outer] = [await line.boundingBox(), await line.locator('xpath=../..').boundingBox()];
  if (inner === null || outer === null) return false;
  return inner.y >= outer.y && inner.y + inner.height <= outer.y + outer.height;
}
