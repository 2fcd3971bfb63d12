import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { Diagnosis } from './diagnosis.ts';
import { Speakers, type Speaker } from './speaker.ts';
import { diagnoseLines, printed } from './testing/diagnose-lines.ts';

const TRACE = 'Call Trace:\n <TASK>\n dump_stack_lvl+0x4d/0x66\n';
const GPF = `general protection fault, probably for non-canonical address 0xdead000000000100: 0000 [#1] SMP
CPU: 0 PID: 77 Comm: app Not tainted 7.1.0 #1
RIP: 0010:__list_del_entry_valid+0x29/0x90
Call Trace:
 <TASK>
 ? my_guess+0x1/0x2
 my_driver_remove+0x11/0x80
 device_remove+0x40/0x70`;

test('a report is found with its first line, and gets exacter while it goes on', () => {
  const speakers = new Speakers();
  const diagnosis = new Diagnosis();
  const titles: (string | undefined)[] = [];
  for (const line of printed(
    'BUG: KASAN: slab-use-after-free in memcpy+0x1/0x2\nWrite of size 8 at addr ffff8880\n' +
      TRACE +
      ' my_ioctl+0x1/0x2',
  )) {
    diagnosis.hear(speakers.of(line), 1);
    titles.push(diagnosis.findings[0]?.title);
  }
  expect(titles[0]).toBe('KASAN: slab-use-after-free in memcpy');
  expect(titles[1]).toBe('KASAN: slab-use-after-free Write in memcpy');
  expect(titles.at(-1)).toBe('KASAN: slab-use-after-free Write in my_ioctl');
});

test('keeps the line and the report of a finding', () => {
  const [finding] = diagnoseLines([...printed('Linux version 7.1.0'), ...printed(GPF)]);
  expect(finding).toMatchObject({ line: 2, severity: 'fatal', function: 'my_driver_remove' });
  expect(finding?.report).toEqual(GPF.split('\n').map((line) => line.trimStart()));
});

test('equal titles are one finding', () => {
  const again = Array.from({ length: 100 }, (_, second) => printed(GPF, undefined, second)).flat();
  expect(diagnoseLines(again)).toHaveLength(1);
});

test('threads that report at the same time are told apart', () => {
  const one = printed(GPF, 'T77');
  const other = printed(GPF.replace('my_driver', 'other_driver'), 'T78');
  const mixed = one.flatMap((line, index) => [line, other[index] ?? '']);
  expect(diagnoseLines(mixed).map(({ function: name }) => name)).toEqual([
    'my_driver_remove',
    'other_driver_remove',
  ]);
});

test('what comes after a pause belongs to no report', () => {
  const [head = '', ...rest] = printed('BUG: sleeping function called from invalid context at mm/x.c:1');
  const later = printed(`${TRACE} much_later+0x1/0x2`, undefined, 40);
  expect(diagnoseLines([head, ...rest, ...later])).toMatchObject([{ function: undefined }]);
});

test('the steps of one crash are one finding, and the panic that it ends in another', () => {
  const steps = `kernel BUG at fs/my.c:12!
Oops: invalid opcode: 0000 [#1] SMP NOPTI
RIP: 0010:my_check+0x1/0x2
Kernel panic - not syncing: Fatal exception`;
  expect(diagnoseLines(printed(steps)).map(({ title }) => title)).toEqual([
    'kernel BUG in my_check',
    'kernel panic: Fatal exception',
  ]);
});

test('a warning’s trace may come behind the panic that it causes', () => {
  const text = `WARNING: CPU: 0 PID: 9 at lib/refcount.c:28 refcount_warn_saturate+0x1/0x2
Kernel panic - not syncing: panic_on_warn set ...
${TRACE} panic+0x1/0x2
 __warn+0x1/0x2
RIP: 0010:refcount_warn_saturate+0x1/0x2
 my_put+0x1/0x2`;
  expect(diagnoseLines(printed(text))[0]).toMatchObject({ kind: 'refcount', function: 'my_put' });
});

test('another boot ends what is open', () => {
  const diagnosis = new Diagnosis();
  diagnosis.hear({ speaker: 'kernel', text: 'general protection fault: 0000 [#1]' }, 1);
  diagnosis.reset();
  diagnosis.hear({ speaker: 'kernel', text: 'RIP: 0010:of_another_boot+0x1/0x2' }, 2);
  expect(diagnosis.findings).toMatchObject([{ title: 'general protection fault' }]);
});

test('a service that fails and comes again is told from one that was wanted to end', () => {
  const restart = 'Scheduled restart job, restart counter is at 1.';
  const said = (text: string): string[] => printed(`systemd[1]: ${text}`);
  expect(diagnoseLines(said(`getty@tty1.service: ${restart}`))).toEqual([]);
  const failed = said("app.service: Failed with result 'exit-code'.");
  expect(diagnoseLines(failed)).toEqual([]);
  expect(diagnoseLines([...failed, ...said(`app.service: ${restart}`)])).toMatchObject([
    { kind: 'service-restarted', title: 'service failed and was restarted: app.service', severity: 'note' },
  ]);
});

describe('what programs let the machine say is no word of the kernel', () => {
  const times = printed('Linux version 7.1.0');
  test.each([
    ['a host’s name', printed('systemd[1]: Hostname set to <BUG: KASAN: x in y>.')],
    ['a setting that systemd repeats', printed('systemd[1]: BUG: x')],
    ['a unit that the kernel names', printed('Failed to start something')],
    ['a program’s name', printed('BUG: x[77]: segfault at 0 ip 0000 sp 0000 error 4')],
    ['a field of audit', printed('audit: type=1400 comm="Kernel panic - not syncing"')],
    ['a quoted panic', [...times, 'app: saw "Kernel panic - not syncing: x"']],
    ['a whole report that a container prints', [...times, ...GPF.split('\n')]],
    ['a login prompt', [...times, 'Kernel panic - not syncing: x login: ']],
    ['a program that logs to /dev/kmsg', printed('app[5]: Kernel panic - not syncing: x')],
    ['a unit that writes like systemd', [...times, 'systemd[1]: Freezing execution.']],
    ['a firmware’s word at run time', [...times, 'Synchronous Exception at 0x0000000047E5A0F4']],
  ])('%s', (_what, lines) => {
    expect(diagnoseLines(lines)).toEqual([]);
  });

  test('nor does it get into a report of the kernel’s', () => {
    const [head = '', ...rest] = printed(GPF);
    const [finding] = diagnoseLines([
      head,
      'RIP: 0010:imitated+0x1/0x2',
      ...printed('app[5]: imitated+0x1/0x2'),
      ...rest,
    ]);
    expect(finding?.function).toBe('my_driver_remove');
    expect(finding?.report.join('\n')).not.toContain('imitated');
  });
});

describe('whatever bytes come', () => {
  const words = fc.constantFrom(
    ...[
      'BUG: ',
      'WARNING: CPU: 0 PID: 1 at a.c:1 ',
      'Call Trace:',
      ' foo+0x1/0x2',
      '[    1.000000] ',
      'KASAN: ',
      '---[ end trace',
    ],
    ...[
      'Kernel panic - not syncing',
      ': Failed with result ',
      '[ ',
      'systemd[1]: ',
      'unreferenced object',
      'Oops: ',
      '(',
      '!!!! ',
    ],
  );
  const line = fc
    .array(fc.oneof(words, fc.string({ unit: 'binary' })), { maxLength: 6 })
    .map((parts) => parts.join(''));

  test('nothing throws', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 40 }), (lines) => {
        for (const { report, title, text } of diagnoseLines(lines)) {
          expect(report[0]).toBe(text);
          expect(title.length).toBeLessThan(1000);
        }
      }),
    );
  });

  test('memory is bounded', () => {
    const diagnosis = new Diagnosis();
    const speaker: Speaker = 'kernel';
    for (let index = 0; index < 3000; index++) {
      diagnosis.hear(
        { speaker, text: `BUG: number ${index} ${'x'.repeat(5000)}`, caller: `T${index % 50}` },
        index,
      );
      diagnosis.hear({ speaker, text: 'y'.repeat(5000), caller: `T${index % 50}` }, index);
    }
    expect(JSON.stringify(diagnosis.findings).length).toBeLessThan(100_000);
    const long = ['BUG: one', ...Array<string>(5000).fill('z'.repeat(5000))];
    expect(JSON.stringify(diagnoseLines(printed(long.join('\n')))).length).toBeLessThan(100_000);
  });
});
