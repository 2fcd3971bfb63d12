import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';

import { bootFinished, coldSuite, describe, expect, within } from '../../harness/index.ts';

const test = coldSuite({ requires: ['bridge', 'journal-port', 'report.system', 'user-data.fw-cfg'] });

const soon = (what: string) => ({ deadline: within(5000, what) });

const GOOD = '[settings]\nmotd = "never"\n';
const MIB = 2 ** 20;

/** What is wrong, the user-data, and what the machine says about it. */
const CASES = [
  ['invalid TOML', '[settings]\nmotd = "never ends\n', /line 2, column \d+/],
  ['an unknown setting', '[settings]\nmtd = "a typing error"\n', /unknown field `mtd`/],
  ['a setting of the wrong type', '[settings.updates]\nignore-waves = "maybe"\n', /ignore-waves/],
  ['no [settings]', 'motd = "at the top"\n', /settings/],
  ['more than a megabyte', `${GOOD}# ${'x'.repeat(MIB)}\n`, /1048576 bytes/],
  ['gzip that unpacks to more than a megabyte', gzipSync(`${GOOD}# ${'x'.repeat(MIB)}\n`), /1048576 bytes/],
  ['truncated gzip', gzipSync(GOOD).subarray(0, -8), /truncated/],
  ['binary noise', Buffer.concat([Buffer.of(0xff), randomBytes(4096)]), /not UTF-8/],
] as const;

describe('a machine that gets bad user-data', () => {
  test.for(CASES)(
    '(%s) says what is wrong, applies nothing, starts no containers, and can be asked why',
    async ([, content, complaint], { machines }) => {
      await using vm = await machines.boot({ userData: [{ channel: 'fw-cfg', content }] });
      const told = await vm.journal.waitFor(
        ({ unit, priority, message }) =>
          unit === 'early-boot-config.service' && priority !== undefined && message.includes('fw-cfg'),
        within(30_000, 'the machine to say what is wrong with its user-data'),
      );
      await bootFinished(vm, within(30_000, 'all units to end or fail'));

      expect(told.message).toMatch(complaint);
      const { failed_units } = await vm.api.report.system(soon('the system report'));
      expect(failed_units).toContain('early-boot-config.service');
      expect(vm.journal.entries.map(({ message }) => message)).not.toContain(
        'Started containerd.service - containerd container runtime.',
      );
      const uncommitted = { tx: 'bottlerocket-launch', ...soon('the uncommitted defaults') };
      expect(await vm.api.tx.get(uncommitted)).toMatchObject({ motd: 'Welcome to Sparkler!' });
    },
  );
});
