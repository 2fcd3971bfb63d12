// SPDX-License-Identifier: GPL-2.0
#include <linux/atomic.h>
#include <linux/etherdevice.h>
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <net/dsa.h>

/* All frames since the patch was loaded, and those of them that were dropped: /sys/module/frame_sources/parameters. */
static atomic_long_t frames;
static atomic_long_t dropped;

static int show_count(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%ld\n", atomic_long_read(kp->arg));
}

static const struct kernel_param_ops count_ops = { .get = show_count };

module_param_cb(frames, &count_ops, &frames, 0444);
module_param_cb(dropped, &count_ops, &dropped, 0444);

static __be16 patched_eth_type_trans(struct sk_buff *skb, struct net_device *dev)
{
	const struct ethhdr *eth;
	const unsigned short *sap;

	skb->dev = dev;
	skb_reset_mac_header(skb);
	eth = eth_skb_pull_mac(skb);
	eth_skb_pkt_type(skb, dev);

	atomic_long_inc(&frames);
	if (unlikely(is_multicast_ether_addr(eth->h_source))) {
		atomic_long_inc(&dropped);
		/* Protocols leave alone what is another host's. */
		skb->pkt_type = PACKET_OTHERHOST;
	}

	if (unlikely(netdev_uses_dsa(dev)))
		return htons(ETH_P_XDSA);
	if (likely(eth_proto_is_802_3(eth->h_proto)))
		return eth->h_proto;

	/* IPX without an LLC header begins with what is no service access point. */
	sap = skb_header_pointer(skb, 0, sizeof(*sap), &skb->dev);
	skb->dev = dev;
	return sap && *sap == 0xFFFF ? htons(ETH_P_802_3) : htons(ETH_P_802_2);
}

static struct klp_func functions[] = {
	{
		.old_name = "eth_type_trans",
		.new_func = patched_eth_type_trans,
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
