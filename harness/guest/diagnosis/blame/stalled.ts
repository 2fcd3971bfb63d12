import { isMachinery } from './machinery.ts';

const anyOf = (names: readonly string[]): RegExp => new RegExp(`^(?:${names.join('|')})`);

/**
 * What starts other code: system calls, interrupts, timers, threads. The function that one of these called is what a stall
 * is known by: the loop in which the kernel is stuck goes through several functions, and which of them the interrupt hits is chance.
 */
const STARTERS = anyOf([
  ...[
    'do_syscall_',
    '_*do_fast_syscall',
    'do_int80',
    'sysenter_',
    'tracesys',
    'system_call',
    '[xi][36a]\\w*_sys_call',
    'entry_',
  ],
  ...[
    'el0_',
    'el0t_',
    '_*invoke_syscall',
    'do_el0_svc',
    'ret_fast_syscall',
    'ret_from_',
    'exit_to_user',
    'do_notify_resume',
  ],
  ...[
    'prepare_exit_to_usermode',
    'syscall_exit_to_user',
    'process_one_work',
    'worker_thread',
    'kthread$',
    'smpboot_thread_fn',
  ],
  ...[
    'run_ksoftirqd',
    'start_secondary',
    'cpu_startup_entry',
    'start_kernel',
    'rest_init',
    '_*do_softirq',
    'handle_softirqs',
  ],
  ...[
    'call_timer_fn',
    '_*run_timers',
    'run_timer_softirq',
    'expire_timers',
    '__hrtimer_run_queues',
    'hrtimer_run_',
    'tasklet_action',
  ],
  ...[
    '_*netif_receive_skb',
    '_*napi_poll',
    'task_work_run',
    'irq_thread',
    'rcu_do_batch',
    'rcu_core',
    '_*run_hrtimer',
  ],
  ...[
    '_*(?:do_)?vfs_(?:ioctl|write|read|splice)',
    'do_iter_',
    'call_(?:read|write)_iter',
    'new_sync_',
    'generic_file_splice',
    'do_splice',
  ],
  ...[
    '__(?:x64|ia32|arm64|se)_(?:compat_)?sys_ioctl',
    '(?:compat_)?(?:SyS|sys|ksys)_ioctl',
    '_*blkdev_(?:driver_)?ioctl',
    'compat_blkdev',
  ],
  ...[
    'sock_sendmsg',
    '_*sys_sendmsg',
    'sock_write_iter',
    '_*(?:x64|ia32|arm64)?_?sys_[gs]etsockopt',
    '_*sock_sendmsg',
    '_*sys_sendto',
    'rtnetlink_rcv',
    'nfnetlink_rcv_msg',
    '\\w+_compat_ioctl$',
  ],
]);
/** One CPU waits for another that hangs, so that this names the loop. */
const WAITERS = /^smp_call_function/;
/** What notices a stall and prints it, from the timer's interrupt or from one that can't be masked. */
const REPORTERS = anyOf([
  ...[
    'nmi_',
    'arch_trigger_',
    'trigger_',
    'rcu_',
    'check_cpu_stall',
    'print_cpu_stall',
    'print_other',
    'update_process_times',
  ],
  ...[
    'tick_',
    'watchdog',
    'hrtimer_interrupt',
    '__hrtimer_run_queues',
    'local_apic_timer',
    'smp_(?!call_)',
    'sysvec_',
    '__sysvec',
    '__run_hrtimer',
  ],
  ...[
    '_*sched_show_task',
    'show_',
    'dump_',
    'raise_nmi',
    'ipi_',
    'do_handle_IPI',
    'handle_IPI',
    'gic_',
    'generic_handle',
    'handle_(?:irq|percpu|domain)',
  ],
  ...[
    'arch_timer_',
    '__handle_domain',
    'do_interrupt_handler',
    'call_on_irq_stack',
    'default_do_nmi',
    'do_nmi',
    'end_repeat_nmi',
    'first_nmi',
  ],
  ...[
    'account_',
    'scheduler_tick',
    'sched_tick',
    'perf_',
    'touch_',
    'irq_exit',
    '__irq_exit',
    'irq_enter',
    'handle_percpu',
  ],
]);
/** Below these frames is what was interrupted. */
const INTERRUPTS =
  /^(?:apic_timer_interrupt|asm_sysvec_|el1h?(?:_64)?_irq|__irq_svc|ret_from_intr|common_interrupt|asm_common_interrupt|reschedule_interrupt|call_function)/;
/** A CPU that does nothing, or the thread that waits for the stalled one. */
const VICTIMS =
  /^(?:default_idle|native_safe_halt|acpi_(?:idle|safe_halt)|cpuidle_|pv_native_safe_halt|arch_cpu_idle|intel_idle|mwait_idle|rcu_gp_|cpu_idle|do_idle)/;

const MAX_FRAMES = 200;

/** Follows the traces of a stall, until it knows by which function it is known. */
export class StallTrace {
  #names: string[] = [];
  #victim = false;
  #pointed = false;

  /** Another trace begins, unless it is that of the instruction pointer before it. */
  begin(): void {
    if (!this.#pointed) this.#restart();
  }

  #restart(): void {
    this.#names = [];
    this.#victim = false;
  }

  /** @returns the function that the stall is known by, once the trace has reached it. */
  see(name: string, pointer: boolean): string | undefined {
    if (INTERRUPTS.test(name) || pointer) this.#restart();
    this.#pointed = pointer;
    if (INTERRUPTS.test(name) || REPORTERS.test(name)) return undefined;
    if (VICTIMS.test(name)) this.#victim = true;
    if (this.#victim) return undefined;
    if (WAITERS.test(name)) return name;
    const last = this.#names.at(-1);
    if (STARTERS.test(name)) {
      if (last !== undefined) return last;
    } else if ((!isMachinery(name) || this.#names.length > 0) && this.#names.length < MAX_FRAMES) {
      this.#names.push(name);
    }
    return undefined;
  }

  /** The innermost function that may be to blame, if the trace ends before. */
  get innermost(): string | undefined {
    return this.#names.find((name) => !isMachinery(name));
  }
}
