/**
 * Functions that are never to blame: they found out, or they are the tools with which others did wrong. By what they are
 * for; each is the beginning of a name as a regular expression, and ends in `$` where it is a whole one.
 */
const MACHINERY: Readonly<Record<string, string>> = {
  reporting: `
    _*dump_stack dump_stack show_(?:stack|trace|regs) dump_backtrace unwind_backtrace _*panic nmi_panic __warn
    warn_ report_bug fixup_bug handle_bug oops_ die __die _*bug_ rust_helper_BUG print_ __?sanitizer_cov
    __sanitizer_ write_comp_data check_memory_region __?kasan_ kasan_ __asan_ __hwasan_ _*kmsan_ __msan_ kcsan_
    __tsan_ __ubsan_ ubsan_ val_to_string _*kfence_ kmemleak_
    debug_(?:print|object|check|lockdep|smp|locks|mutex|spin) __debug_ lockdep_ spin_(?:bug|dump) rwlock_bug
    check_preemption_disabled __this_cpu_preempt_check _*might_(?:sleep|fault|resched) __schedule_bug
    fortify_panic __fortify_ usercopy_ __check_object_size check_object_size check_heap_object assertfail
    skb_(?:over_|under_)?panic warn_bogus stack_trace_ save_(?:stack|trace) arch_stack_walk (?:stack_)?depot_
    ref_tracker_ umount_check bad_page dump_page free_page_is_bad __lockdep_ lock_is_held k?asan_
    __stack_chk_fail dump_header end_report object_err slab_(?:err|bug|fix) check_panic_on_warn __reiserfs_
    get_(?:stack_info|frame_pointer) unwind_ __unwind_ is_ftrace_trampoline walk_stackframe _*v?printk msg_print
    _*should_fail fail_dump deref_stack kernel_text_address
  `,
  traps: `
    do_(?:error_trap|trap|invalid_op|general_protection|page_fault|user_addr_fault|kern_addr_fault|double_fault|int3|debug)
    invalid_op error_(?:code|entry) exc_ asm_ (?:async_)?page_fault __do_page_fault __?bad_area no_context
    spurious_kernel_fault kernelmode_fixup mm_fault_error general_protection double_fault trace_page_fault
    page_fault_oops search_module_extables __do_kernel_fault __do_user_fault do_(?:mem_abort|translation_fault)
    do_(?:tag_check_fault|alignment_fault|sp_pc_abort|bad_area|DataAbort|PrefetchAbort|undefinstr|debug_exception)
    __(?:dabt|pabt|und)_ el[01][ht]?_ el[01]$ el[01]t_ __el[01]_ (?:call_)?break_hook call_break_hook
    brk_handler bug_handler bug_brk_handler kasan_handler bad_(?:mode|el0|stack) handle_bad_stack vectors$
    do_undef arm64_ notify_ atomic_notifier __atomic_notifier program_check_ die_kernel_fault handle_exception
    entry_ ret_from_ ret_fast restore_all retint_ irqentry_ do_syscall_ tracesys __x86_indirect __x86_return
    __irqentry do_trap_ handle_(?:page_fault|stack_overflow) panic_saved_regs secondary_startup _etext _stext
    handle_mm_fault __handle_mm_fault$ do_vmi?_fault do_fast_syscall __kprobes do_notify_resume
  `,
  memory: `
    _*mem(?:cpy|set|move|cmp|chr|scan|dup) memzero _*str[a-z]*$ _*vunmap simple_copy _*page_pool_ memweight
    _*str(?:n?len|n?cpy|n?cmp|l?cat|lcpy|scpy|chr|rchr|str|sep|dup|case) _*k[vz]?m?alloc _*kvm?alloc_ __kmalloc
    _*kmalloc kzalloc kcalloc _*krealloc k[v]?free _*kfree$ kfree(?:_sensitive|_const)?$ kvfree _*kvmalloc
    kvrealloc kmem_cache_ _*slab_(?:alloc|free|post|pre|pad|out) _*___?slab_alloc __slab_ slab_ _*kmem_cache
    _*alloc_(?:pages|frozen_pages|percpu) __alloc_pages alloc_page _*get_free_pages __free_pages ___kmalloc
    free_(?:pages|large_kmalloc|unref|frozen) _*free_pages get_page_from_freelist _*vmalloc vzalloc __vmalloc
    vfree _*vfree kmemdup kstrdup kvmemdup memdup_user vmemdup_ cache_(?:alloc|grow|free) ___?cache_free
    new_slab allocate_slab qlink_ qlist_(?:move) quarantine_ pcpu_ prep_new_page post_alloc_hook __folio_alloc
    folio_alloc devm_k dma_alloc_ _*copy_(?:to|from|in|user|page|in_user) copy(?:in|out)(?:_|$) _*copy_to_iter
    _*copy_from_iter raw_copy _*clear_user copy_to_user _*get_user _*put_user __arch_copy instrument_
    __raw_(?:read|write)[bwlq]$ (?:read|write)[bwlq](?:_relaxed)?$ (?:logic_)?(?:in|out)[bwl]$ poison_ mempool_
    _*init_object set_track free_debug check_slab_allocation _*read_once_ __read_once READ_ONCE setup_object
    alloc_debug page_alloc unaccount_
  `,
  locks: `
    _*raw_(?:spin|read|write)_ _*spin_(?:lock|unlock|trylock) do_raw_
    (?:native_|__pv_|pv_)?queued_(?:spin|read|write) pv_wait native_queued __pv_ _*task_rq_lock
    lock_(?:timer|hrtimer)_base _*lock_(?:acquire|release|acquired|contended|downgrade|set) __lock_
    register_lock look_up_lock validate_chain check_(?:prev|irq|noncircular|deadlock|usage|wait_context|chain)
    mark_(?:lock|held|usage) add_lock_to find_(?:held|usage) _*mutex_ _*down(?:_|$) _*up(?:_|$) rwsem_ __rwsem
    rt_mutex __rt_mutex rtmutex ww_mutex osq_ percpu_ __percpu_ bit_spin _*seqcount seqlock _*read_seq
    do_write_seqcount local_lock lock_sock_nested save_trace task_blocks_on irq_work
    trace_(?:hardirqs|softirqs|lock|preempt|irq) perf_trace_ arch_local preempt_(?:count|schedule) _*local_bh
    __local_bh _*print_unlock assert_(?:spin|raw) graph_lock usage_ hlock class_(?:mutex|spin|rcu|raw|rwsem)
    reacquire upgrade_ exclusive
  `,
  structures: `
    _*refcount_ _*kref_ (?:arch_|raw_)?_*atomic(?:64|_long)?_ _atomic_dec
    (?:arch_)?_*(?:test_and_)?(?:set|clear|change|test)_bit _*test_and
    _*list_(?:add|del|move|splice|empty|replace|cut|rotate|in) hlist_ __hlist klist_ _*rb_ rb_ ____rb
    timerqueue_$ xas_ _*xa_ radix_tree_(?:lookup|insert|delete|next) _*idr_ ida_ bitmap_
    _*find_(?:next|first|last)_(?:bit|zero|and|clump) find_(?:next|first)_bit plist_ llist_ mas_ mt_ ihex
    interval_tree crc _*csum_ csum_ jhash siphash __siphash sort bsearch hash_ string$ number$ vsn?printf
    s[cn]*printf pointer$ format_decode vscnprintf kvasprintf kasprintf hex_(?:dump|string) string_ widen_string
    dentry_name div __?u?div do_div native_(?:read|write|save|restore)_(?!apic) kobject_ _*kobj kset_
    device_(?:add|del|register|unregister|initialize|create|destroy|release) put_device get_device devres_
    (?:dpm_)?sysfs_ find_(?:get|lock)_entr truncate_inode_pages internal_create create_dir
    kernfs_(?:get|put|find|name) add_uevent usb_(?:submit|kill|poison|unlink|free)_urb usb_hcd_
    skb_(?:put|push|pull|copy_bits) __?kfree_skb kfree_skb consume_skb$ skb_release
    hrtimer_(?:active|try|cancel|start) del_timer try_to_del_timer _*mod_timer timer_(?:is_static|fixup|delete)
    __?flush_work __cancel_work try_to_grab insert_work cancel_(?:delayed_)?work flush_(?:delayed_)?work
    __flush_workqueue _*queue_(?:delayed_)?work drop_nlink inc_nlink clear_nlink mark_buffer_ _*brelse ihold
    fast_dput dput$ iput$ _*folio_(?:lock|unlock|put|end) put_page _*unlock_page kill_(?:anon|block) ns_capable
    capable rollback_registered unregister_netdev(?:ice)?_(?:many|queue) call_rcu __call_rcu
    rcu_(?:read|is|lock|note) __rcu_ lockref_ list_lru rht_ rhashtable_ _*rhashtable
  `,
  scheduling: `
    _*schedule(?:_|$) _*sched_(?:text|submit) context_switch
    _*wait_(?:for_common|for_completion|on_bit|event|woken|on_page|on_buffer|rcu) do_wait_for out_of_line_wait
    bit_wait io_schedule _*cond_resched _*switch_to _*might_ _*lock_page _*folio_wait folio_wait wait_on
    prepare_to_ finish_wait _*wake_up(?:_common|_sync|_poll|_locked|_all|_bit|$) try_to_wake jbd2_log_wait
    _*default_wake autoremove_ complete swake_ freezer usleep msleep _*fdget_pos kthread_stop kthread_park
    ldsem_ _*ldsem
  `,
};

const PATTERN = new RegExp(`^(?:${Object.values(MACHINERY).join(' ').trim().split(/\s+/).join('|')})`);

export function isMachinery(name: string): boolean {
  return PATTERN.test(name);
}
