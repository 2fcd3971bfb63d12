import { describeReports } from '../testing/describe-reports.ts';

const X86 = 'Call Trace:\n <TASK>\n dump_stack_lvl+0x4d/0x66\n';

describeReports([
  [
    'kasan',
    'fatal',
    'KASAN: slab-out-of-bounds Read in my_parse',
    'BUG: KASAN: slab-out-of-bounds in my_parse+0x1/0x2\nRead of size 8 at addr ffff888012345678 by task app/77',
  ],
  [
    'kasan',
    'fatal',
    'KASAN: invalid-free in my_free',
    `BUG: KASAN: double-free in kfree+0x1/0x2\n${X86} kasan_report_invalid_free+0x1/0x2\n my_free+0x1/0x2\n\nAllocated by task 7:\n my_alloc+0x1/0x2`,
  ],
  ['kmsan', 'fatal', 'KMSAN: uninit-value in my_hash', 'BUG: KMSAN: uninit-value in my_hash+0x1/0x2'],
  [
    'kmsan',
    'fatal',
    'KMSAN: kernel-infoleak in my_recv',
    'BUG: KMSAN: kernel-infoleak in _copy_to_iter+0x1/0x2\n instrument_copy_to_user include/linux/instrumented.h:121 [inline]\n _copy_to_iter+0x1/0x2\n my_recv+0x1/0x2',
  ],
  ['kcsan', 'fatal', 'KCSAN: data-race in my_read', 'BUG: KCSAN: data-race in my_read / my_write'],
  [
    'kfence',
    'fatal',
    'KFENCE: use-after-free read in my_read',
    'BUG: KFENCE: use-after-free read in my_read+0x1/0x2',
  ],
  [
    'kfence',
    'fatal',
    'KFENCE: memory corruption in my_free',
    'BUG: KFENCE: memory corruption in my_free+0x1/0x2',
  ],
  [
    'ubsan',
    'failure',
    'UBSAN: shift-out-of-bounds in my_shift',
    `UBSAN: shift-out-of-bounds in fs/my.c:12:34\n${X86} ubsan_epilogue+0x1/0x2\n __ubsan_handle_shift_out_of_bounds+0x1/0x2\n my_shift+0x1/0x2`,
  ],
  [
    'atomic-sleep',
    'fatal',
    'BUG: sleeping function called from invalid context in my_alloc',
    `BUG: sleeping function called from invalid context at include/linux/sched/mm.h:321\nin_atomic(): 1, irqs_disabled(): 0, pid: 7, name: app\nPreemption disabled at:\n[<ffffffff81234567>] my_begin+0x1/0x2\n${X86} __might_resched+0x1/0x2\n my_alloc+0x1/0x2`,
  ],
  [
    'memory-leak',
    'failure',
    'memory leak in my_probe',
    'kmemleak: unreferenced object 0xffff888012345678 (size 64):\nkmemleak:   comm "app", pid 7, jiffies 4294\nkmemleak:   backtrace (crc 0):\n    kmalloc_trace+0x1/0x2\n    my_probe+0x1/0x2',
  ],
]);
