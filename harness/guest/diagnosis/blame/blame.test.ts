import { describe, expect, test } from 'vitest';

import { diagnoseLines, printed } from '../testing/diagnose-lines.ts';
import { isMachinery } from './machinery.ts';
import { commonName } from './system-call.ts';

const blamed = (report: string): string | undefined => diagnoseLines(printed(report))[0]?.function;

test.each([
  ...[
    'kasan_report',
    '__warn',
    'dump_stack_lvl',
    '_raw_spin_lock_irqsave',
    '__mutex_lock',
    'mutex_lock_nested',
    'kmalloc_trace',
  ],
  ...[
    '__kmalloc_cache_noprof',
    'kfree',
    'memcpy',
    '__memmove',
    'strlen',
    'refcount_inc',
    '__list_add_valid',
    'copy_from_user',
    '_copy_to_iter',
  ],
  ...[
    'asm_exc_page_fault',
    'do_user_addr_fault',
    'el1h_64_sync_handler',
    'schedule_timeout',
    'lock_acquire',
    'vsnprintf',
    '_printk',
  ],
])('%s is never to blame', (name) => {
  expect(isMachinery(name)).toBe(true);
});

test.each([
  'my_memory',
  'ext4_lookup',
  'rtnl_lock',
  'tcp_sendmsg',
  'kvm_wait',
  'do_exit',
  'wake_up_new_task',
])('%s may be to blame', (name) => {
  expect(isMachinery(name)).toBe(false);
});

test.each([
  ['__x64_sys_brk', 'sys_brk'],
  ['__arm64_sys_brk', 'sys_brk'],
  ['__se_sys_brk', 'brk'],
  ['compat_SyS_brk', 'brk'],
  ['smp_call_function_many_cond', 'smp_call_function'],
  ['my_read', 'my_read'],
])('%s is commonly called %s', (name, common) => {
  expect(commonName(name)).toBe(common);
});

describe('a stall', () => {
  const STALL = 'rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:\n';

  test('is not blamed on an idle CPU or the thread that waits', () => {
    const waiting =
      'Call Trace:\n __schedule+0x1/0x2\n rcu_gp_fqs_loop+0x1/0x2\n rcu_gp_kthread+0x1/0x2\n kthread+0x1/0x2\n';
    const idle =
      'RIP: 0010:default_idle+0x1/0x2\nCall Trace:\n my_idle+0x1/0x2\n cpu_startup_entry+0x1/0x2\n';
    const busy = 'RIP: 0010:my_loop+0x1/0x2\nCall Trace:\n my_work+0x1/0x2\n process_one_work+0x1/0x2\n';
    expect(blamed(STALL + waiting + idle)).toBeUndefined();
    expect(blamed(STALL + waiting + idle + busy)).toBe('my_work');
  });

  test('by a CPU that waits for another is blamed on that', () => {
    expect(blamed(`${STALL}RIP: 0010:smp_call_function_single+0x1/0x2\nCall Trace:\n my_work+0x1/0x2`)).toBe(
      'smp_call_function',
    );
  });

  test('whose trace ends early is blamed on what is known', () => {
    expect(blamed(`${STALL}RIP: 0010:my_loop+0x1/0x2`)).toBe('my_loop');
  });
});

test('a lock that a wrapper takes is blamed on the one that is held already', () => {
  const report = `WARNING: possible recursive locking detected
ffff (a){+.+.}, at: flush_work+0x1/0x2
but task is already holding lock:
ffff (b){+.+.}, at: my_hold+0x1/0x2`;
  expect(blamed(report)).toBe('my_hold');
});

test('a trace of nothing but machinery is blamed on its first frame', () => {
  expect(blamed('general protection fault: 0000 [#1]\nRIP: 0010:memcpy+0x1/0x2\n kfree+0x1/0x2')).toBe(
    'memcpy',
  );
});
