// SPDX-License-Identifier: GPL-2.0
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/utsname.h>

/* The one that this module is for. */
void LIVEPATCH_INSTANCE(void);

static int patched_version_proc_show(struct seq_file *m, void *v)
{
	/* The kernel's own format is a string that modules can't reach. */
	seq_printf(m, "%s version %s (live patched) %s\n", utsname()->sysname,
		   utsname()->release, utsname()->version);
	return 0;
}

static struct klp_func functions[] = {
	{
		.old_name = "version_proc_show",
		.new_func = patched_version_proc_show,
	},
	{}
};

/* No name: the functions are vmlinux's own. */
static struct klp_object objects[] = { { .funcs = functions }, {} };

static struct klp_patch patch = {
	.mod = THIS_MODULE,
	.objs = objects,
};

static int __init patch_init(void)
{
	LIVEPATCH_INSTANCE();
	return klp_enable_patch(&patch);
}

/* The kernel lets a patch go only when it is disabled, so nothing is left to do. */
static void __exit patch_exit(void)
{
}

module_init(patch_init);
module_exit(patch_exit);
