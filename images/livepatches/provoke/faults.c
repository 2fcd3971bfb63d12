// SPDX-License-Identifier: GPL-2.0
/*
 * Each a function of its own that is never inlined, so that reports name it.
 */
#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/list.h>
#include <linux/panic.h>
#include <linux/refcount.h>

void null_pointer(void);
void bug(void);
void warning(void);
void refcount(void);
void corrupted_list(void);
void stack_overflow(void);
void kernel_panic(void);

noinline void null_pointer(void)
{
	int *volatile nowhere = NULL;

	*nowhere = 1;
}

noinline void bug(void)
{
	BUG();
}

noinline void warning(void)
{
	WARN(1, "provoked\n");
}

noinline void refcount(void)
{
	refcount_t freed = REFCOUNT_INIT(0);

	refcount_inc(&freed);
}

noinline void corrupted_list(void)
{
	LIST_HEAD(list);
	LIST_HEAD(other);

	list.next->prev = &other;
	list_del(&list);
}

static noinline int deeper(volatile int *depth)
{
	volatile int frame[64] = { *depth + 1 };

	/* Never true, but the compiler must not know. What comes after the call keeps it from becoming a loop. */
	if (*depth < 0)
		return 0;
	return deeper(frame) + frame[0];
}

noinline void stack_overflow(void)
{
	volatile int depth = 0;

	deeper(&depth);
}

noinline void kernel_panic(void)
{
	panic("provoked");
}
