// SPDX-License-Identifier: GPL-2.0
#include <linux/livepatch.h>
#include <linux/module.h>

/* Never called: the kernel calls the function once, when it starts, and it does not return. */
static int patched_kauditd_thread(void *unused)
{
	return 0;
}

static struct klp_func functions[] = {
	{
		.old_name = "kauditd_thread",
		.new_func = patched_kauditd_thread,
	},
	{}
};

static struct klp_object objects[] = { { .funcs = functions }, {} };

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
