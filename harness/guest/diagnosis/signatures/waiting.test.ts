import { describeReports } from '../testing/describe-reports.ts';

const X86 = 'Call Trace:\n <TASK>\n dump_stack_lvl+0x4d/0x66\n';
const DEADLOCK = `======================================================
WARNING: possible circular locking dependency detected
7.1.0 #1 Not tainted
------------------------------------------------------
app/77 is trying to acquire lock:
ffffffff82a1b2c8 (a_mutex){+.+.}-{3:3}, at: my_take+0x12/0x40

but task is already holding lock:
ffffffff82a1b3c8 (b_mutex){+.+.}-{3:3}, at: my_hold+0x12/0x40
`;

describeReports([
  ['lockdep', 'failure', 'possible deadlock in my_take', DEADLOCK],
  [
    'lockdep',
    'failure',
    'possible deadlock in my_irq',
    'WARNING: HARDIRQ-safe -> HARDIRQ-unsafe lock order detected\nffff (a){+.+.}, at: my_take+0x1/0x2\n... which became HARDIRQ-irq-safe at:\n  lock_acquire+0x1/0x2\n  my_irq+0x1/0x2',
  ],
  [
    'lockdep',
    'failure',
    'inconsistent lock state in my_take',
    'WARNING: inconsistent lock state\nffff (&x->lock){?.+.}-{3:3}, at: my_take+0x1/0x2',
  ],
  [
    'lockdep',
    'failure',
    'WARNING: suspicious RCU usage in my_lookup',
    `WARNING: suspicious RCU usage\n7.1.0 #1 Not tainted\nnet/my.c:12 suspicious rcu_dereference_check() usage!\nstack backtrace:\n${X86} lockdep_rcu_suspicious+0x1/0x2\n my_lookup+0x1/0x2`,
  ],
  [
    'lockdep',
    'fatal',
    'BUG: bad unlock balance in my_drop',
    '[ BUG: bad unlock balance detected! ]\napp/7 is trying to release lock (x) at:\n[<ffffffff81234567>] my_drop+0x1/0x2',
  ],
  [
    'lockdep',
    'fatal',
    'BUG: spinlock bad magic in my_take',
    `BUG: spinlock bad magic on CPU#0, app/77\n${X86} spin_dump+0x1/0x2\n _raw_spin_lock+0x1/0x2\n my_take+0x1/0x2`,
  ],
  [
    'soft-lockup',
    'soft-failure',
    'BUG: soft lockup in sys_brk',
    'watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [app:1]\nRIP: 0010:my_loop+0x1/0x2\nCall Trace:\n my_outer+0x1/0x2\n __x64_sys_brk+0x1/0x2\n do_syscall_64+0x1/0x2',
  ],
  ['hard-lockup', 'fatal', 'BUG: hard lockup', 'watchdog: Watchdog detected hard LOCKUP on cpu 1'],
  [
    'hung-task',
    'soft-failure',
    'INFO: task hung in my_wait',
    'INFO: task jbd2/vda13-8:77 blocked for more than 122 seconds.\n      Not tainted 7.1.0 #1\nCall Trace:\n <TASK>\n __schedule+0x1/0x2\n schedule+0x1/0x2\n io_schedule+0x1/0x2\n my_wait+0x1/0x2',
  ],
  [
    'rcu-stall',
    'soft-failure',
    'INFO: rcu detected stall in my_write',
    'rcu: INFO: rcu_preempt self-detected stall on CPU\nNMI backtrace for cpu 1\nCall Trace:\n <IRQ>\n rcu_sched_clock_irq+0x1/0x2\n update_process_times+0x1/0x2\n hrtimer_interrupt+0x1/0x2\n asm_sysvec_apic_timer_interrupt+0x1/0x2\nRIP: 0010:my_loop+0x1/0x2\n my_write+0x1/0x2\n vfs_write+0x1/0x2',
  ],
  [
    'workqueue-lockup',
    'soft-failure',
    'BUG: workqueue lockup',
    'BUG: workqueue lockup - pool cpus=0 node=0 flags=0x0 nice=0 stuck for 32s!',
  ],
]);
