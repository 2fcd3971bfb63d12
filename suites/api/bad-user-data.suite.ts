import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';

import { describe, expect, suite } from '../../harness/index.ts';

const test = suite();

/** Stands where it is refused, and must not be shown. */
const SECRET = 'hunter2-hunter2';
const GOOD = '[settings]\nmotd = "never"\n';
const MIB = 2 ** 20;

/** What is wrong, the user-data, and the message of the machine about it. */
const CASES = [
  ['invalid TOML', `[settings]\nmotd = "${SECRET}\n`, /line 2, column \d+/],
  ['an unknown setting', '[settings]\nmtd = "a typing error"\n', /`mtd`, did you mean `motd`/],
  ['a setting of the wrong type', `[settings.updates]\nignore-waves = "${SECRET}"\n`, /ignore-waves/],
  ['no [settings]', 'motd = "at the top"\n', /settings/],
  ['more than a megabyte', `${GOOD}# ${'x'.repeat(MIB)}\n`, /1048576 bytes/],
  ['gzip that unpacks to more than a megabyte', gzipSync(`${GOOD}# ${'x'.repeat(MIB)}\n`), /1048576 bytes/],
  ['truncated gzip', gzipSync(GOOD).subarray(0, -8), /truncated/],
  ['binary noise', Buffer.concat([Buffer.of(0xff), randomBytes(4096)]), /not UTF-8/],
] as const;

// Nothing of it is applied, no containers start, and the machine still answers.
describe('bad user-data is reported and not applied', () => {
  test.for(CASES)('%s', async ([, content, complaint], { machines }) => {
    await using vm = await machines.boot({ userData: [{ channel: 'fw-cfg', content }] });
    const reported = await vm.journal.waitFor(
      ({ unit, priority, message }) =>
        unit === 'early-boot-config.service' && priority !== undefined && message.includes('fw-cfg'),
    );
    await vm.waitForBoot();

    expect(reported.message).toMatch(complaint);
    expect(vm.journal.entries.filter(({ message }) => message.includes(SECRET))).toEqual([]);
    expect(vm.console.tail(Infinity).join('\n')).not.toContain(SECRET);
    const { failed_units } = await vm.api.report.system();
    expect(failed_units).toContain('early-boot-config.service');
    expect(vm.journal.entries.map(({ message }) => message)).not.toContain(
      'Started containerd.service - containerd container runtime.',
    );
    expect(await vm.api.tx.get({ tx: 'bottlerocket-launch' })).toMatchObject({
      motd: 'Welcome to Sparkler!',
    });
  });
});
