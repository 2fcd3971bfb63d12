// SPDX-License-Identifier: GPL-2.0
#include <linux/eventfd.h>
#include <linux/fs.h>
#include <linux/kref.h>
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

/* Any number that no other patch uses for shadow data. */
#define WRITES 0x77726974

/* As fs/eventfd.c has it, which keeps it to itself. */
struct eventfd_ctx {
	struct kref kref;
	wait_queue_head_t wqh;
	__u64 count;
	unsigned int flags;
	int id;
};

static void count_write(struct eventfd_ctx *ctx)
{
	/* Under a lock, and with interrupts off, so nothing may sleep. Without memory the write goes on uncounted. */
	unsigned long *writes = klp_shadow_get_or_alloc(ctx, WRITES, sizeof(*writes),
							GFP_ATOMIC, NULL, NULL);

	if (writes)
		(*writes)++;
}

static ssize_t patched_eventfd_write(struct file *file, const char __user *buf,
				     size_t size, loff_t *ppos)
{
	struct eventfd_ctx *ctx = file->private_data;
	ssize_t result;
	__u64 added;

	if (size != sizeof(added))
		return -EINVAL;
	if (copy_from_user(&added, buf, sizeof(added)))
		return -EFAULT;
	if (added == ULLONG_MAX)
		return -EINVAL;
	spin_lock_irq(&ctx->wqh.lock);
	result = -EAGAIN;
	if (ULLONG_MAX - ctx->count > added) {
		result = sizeof(added);
	} else if (!(file->f_flags & O_NONBLOCK)) {
		result = wait_event_interruptible_locked_irq(
			ctx->wqh, ULLONG_MAX - ctx->count > added);
		if (!result)
			result = sizeof(added);
	}
	if (likely(result > 0)) {
		ctx->count += added;
		count_write(ctx);
		current->in_eventfd = 1;
		if (waitqueue_active(&ctx->wqh))
			wake_up_locked_poll(&ctx->wqh, EPOLLIN);
		current->in_eventfd = 0;
	}
	spin_unlock_irq(&ctx->wqh.lock);
	return result;
}

static void patched_eventfd_show_fdinfo(struct seq_file *m, struct file *file)
{
	struct eventfd_ctx *ctx = file->private_data;
	unsigned long *shadow, writes;
	__u64 count;

	spin_lock_irq(&ctx->wqh.lock);
	count = ctx->count;
	shadow = klp_shadow_get(ctx, WRITES);
	writes = shadow ? *shadow : 0;
	spin_unlock_irq(&ctx->wqh.lock);

	seq_printf(m,
		   "eventfd-count: %16llx\n"
		   "eventfd-id: %d\n"
		   "eventfd-semaphore: %d\n"
		   "eventfd-writes: %lu\n",
		   count, ctx->id, !!(ctx->flags & EFD_SEMAPHORE), writes);
}

static int patched_eventfd_release(struct inode *inode, struct file *file)
{
	struct eventfd_ctx *ctx = file->private_data;

	/* Before the structure goes, whose address may be another's at once. */
	klp_shadow_free(ctx, WRITES, NULL);
	wake_up_poll(&ctx->wqh, EPOLLHUP);
	eventfd_ctx_put(ctx);
	return 0;
}

/* No function of the patch runs any more. */
static void forget_writes(struct klp_object *object)
{
	klp_shadow_free_all(WRITES, NULL);
}

static struct klp_func functions[] = {
	{
		.old_name = "eventfd_write",
		.new_func = patched_eventfd_write,
	},
	{
		.old_name = "eventfd_show_fdinfo",
		.new_func = patched_eventfd_show_fdinfo,
	},
	{
		.old_name = "eventfd_release",
		.new_func = patched_eventfd_release,
	},
	{}
};

static struct klp_object objects[] = {
	{
		.funcs = functions,
		.callbacks = { .post_unpatch = forget_writes },
	},
	{}
};

static struct klp_patch patch = {
	.mod = THIS_MODULE,
	.objs = objects,
};

static int __init patch_init(void)
{
	return klp_enable_patch(&patch);
}

static void __exit patch_exit(void)
{
}

module_init(patch_init);
module_exit(patch_exit);
