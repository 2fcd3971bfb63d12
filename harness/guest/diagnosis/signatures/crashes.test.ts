import { describeReports } from '../testing/describe-reports.ts';

const X86 = 'Call Trace:\n <TASK>\n dump_stack_lvl+0x4d/0x66\n';

describeReports([
  [
    'panic',
    'fatal',
    'kernel panic: VFS: Unable to mount root fs',
    'Kernel panic - not syncing: VFS: Unable to mount root fs',
  ],
  [
    'panic',
    'fatal',
    'kernel panic: stack is corrupted in my_copy',
    'Kernel panic - not syncing: stack-protector: Kernel stack is corrupted in: my_copy+0x7/0x9',
  ],
  ['panic', 'fatal', 'systemd: freezing execution', 'systemd[1]: Freezing execution.'],
  [
    'oops',
    'fatal',
    'BUG: unable to handle kernel NULL pointer dereference in my_read',
    'BUG: kernel NULL pointer dereference, address: 0000000000000010\n#PF: supervisor read access in kernel mode\nOops: Oops: 0000 [#1] SMP\nRIP: 0010:my_read+0x1/0x2',
  ],
  [
    'oops',
    'fatal',
    'BUG: unable to handle kernel paging request in my_read',
    'Unable to handle kernel paging request at virtual address dead000000000108\nMem abort info:\n  ESR = 0x0000000096000044\nInternal error: Oops: 0000000096000044 [#1] SMP\npstate: 60400005\npc : my_read+0x18/0x60\nlr : my_caller+0x20/0x60\nCall trace:\n my_read+0x18/0x60 (P)',
  ],
  [
    'oops',
    'fatal',
    'general protection fault in my_read',
    `Oops: general protection fault, probably for non-canonical address 0xdead: 0000 [#1]\nRIP: 0010:memcpy_orig+0x1/0x2\n${X86} my_read+0x1/0x2`,
  ],
  [
    'oops',
    'fatal',
    'divide error in my_rate',
    'Oops: divide error: 0000 [#1] SMP\nRIP: 0010:my_rate.isra.0+0x1/0x2',
  ],
  [
    'oops',
    'fatal',
    'Internal error in my_probe',
    'Internal error: synchronous external abort: 0000000096000210 [#1] SMP\npc : __raw_readl+0x0/0x8\nlr : readl_relaxed+0x1/0x2\nCall trace:\n my_probe+0x1/0x2',
  ],
  [
    'oops',
    'fatal',
    'Unhandled fault in my_probe',
    'Unhandled fault: external abort on non-linefetch (0x008) at 0xf0800000\nInternal error: : 8 [#1] SMP ARM\nPC is at my_probe+0x1/0x2',
  ],
  [
    'oops',
    'fatal',
    'BUG: unable to handle kernel NULL pointer dereference in my_caller',
    'Unable to handle kernel NULL pointer dereference at virtual address 00000000\nPC is at 0x0\nLR is at my_caller+0x1/0x2',
  ],
  [
    'oops',
    'fatal',
    'PANIC: double fault in my_deep',
    'PANIC: double fault, error_code: 0x0\nRIP: 0010:my_deep+0x1/0x2',
  ],
  [
    'bug',
    'fatal',
    'kernel BUG in my_check',
    'kernel BUG at fs/my/inode.c:2742!\nOops: invalid opcode: 0000 [#1] SMP\nRIP: 0010:my_check+0x1/0x2',
  ],
  [
    'bug',
    'fatal',
    'BUG: corrupted list in my_remove',
    `list_del corruption. prev->next should be ffff, but was dead\nkernel BUG at lib/list_debug.c:59!\ninvalid opcode: 0000 [#1] SMP\nRIP: 0010:__list_del_entry_valid_or_report+0x1/0x2\n${X86} my_remove+0x1/0x2`,
  ],
  [
    'bug',
    'fatal',
    'BUG: bad usercopy in my_ioctl',
    `usercopy: Kernel memory exposure attempt detected from SLUB object 'x' (offset 0, size 9)!\nkernel BUG at mm/usercopy.c:102!\nRIP: 0010:usercopy_abort+0x1/0x2\n${X86} __check_object_size+0x1/0x2\n my_ioctl+0x1/0x2`,
  ],
  [
    'bug',
    'fatal',
    'BUG: Bad page state in my_free',
    `BUG: Bad page state in process app  pfn:12345\n${X86} bad_page+0x1/0x2\n my_free+0x1/0x2`,
  ],
  ['bug', 'fatal', 'BUG: something new in my_new', `BUG: something new\n${X86} my_new+0x1/0x2`],
  [
    'warning',
    'failure',
    'WARNING in my_check',
    'WARNING: CPU: 1 PID: 77 at fs/my/inode.c:99 my_check+0x1/0x2 [my]',
  ],
  [
    'warning',
    'failure',
    'WARNING in my_check',
    'WARNING: fs/my/inode.c:99 at my_check+0x1/0x2, CPU#1: app/77',
  ],
  [
    'warning',
    'failure',
    'WARNING: ODEBUG bug in my_free',
    `ODEBUG: free active (active state 0) object: ffff\nWARNING: CPU: 1 PID: 7 at lib/debugobjects.c:514 debug_print_object+0x1/0x2\n${X86} debug_check_no_obj_freed+0x1/0x2\n my_free+0x1/0x2`,
  ],
  [
    'refcount',
    'failure',
    'WARNING: refcount bug in my_put',
    `refcount_t: underflow; use-after-free.\nWARNING: lib/refcount.c:28 at refcount_warn_saturate+0x1/0x2, CPU#1: app/77\n${X86} my_put+0x1/0x2`,
  ],
]);
