// SPDX-License-Identifier: GPL-2.0
/*
 * Times are a few seconds longer than what the kernel waits for, with the limits that the suite sets.
 */
#include <linux/bottom_half.h>
#include <linux/jiffies.h>
#include <linux/nmi.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

#define SOFT_LOCKUP_SECONDS 20
#define RCU_STALL_SECONDS 30
#define HUNG_TASK_SECONDS 20

void sleep_in_atomic(void);
void soft_lockup(void);
void rcu_stall(void);
void hung_task(void);

noinline void sleep_in_atomic(void)
{
	local_bh_disable();
	schedule_timeout_uninterruptible(1);
	local_bh_enable();
}

noinline void soft_lockup(void)
{
	unsigned long end = jiffies + SOFT_LOCKUP_SECONDS * HZ;

	preempt_disable();
	while (time_before(jiffies, end))
		cpu_relax();
	preempt_enable();
}

noinline void rcu_stall(void)
{
	unsigned long end = jiffies + RCU_STALL_SECONDS * HZ;

	rcu_read_lock();
	while (time_before(jiffies, end)) {
		cpu_relax();
		touch_softlockup_watchdog();
	}
	rcu_read_unlock();
}

noinline void hung_task(void)
{
	schedule_timeout_uninterruptible(HUNG_TASK_SECONDS * HZ);
	/* Not a jump to what is called, which would hide this function. */
	barrier();
}
