import { blockNode, nbdNode } from './block-node.ts';
import { optionString } from './option-string.ts';
import type { QemuDisk } from './options.ts';

export function disk({ id, source, bootIndex, readOnly = false, sectorBytes }: QemuDisk): string[] {
  const name = `disk-${id}`;
  return [
    '-blockdev',
    source.format === 'nbd' ? nbdNode(name, source, { readOnly }) : blockNode(name, source, { readOnly }),
    '-device',
    optionString('virtio-blk-pci', {
      id: `dev-${id}`,
      drive: name,
      serial: id,
      bootindex: bootIndex,
      // Both, since QEMU refuses a logical block that is larger than the physical one.
      logical_block_size: sectorBytes,
      physical_block_size: sectorBytes,
      // The guest must send flushes: a power-cut test against a write-through disk would pass for the wrong reason.
      'write-cache': true,
      // By default a full host disk pauses the whole machine without a word; an I/O error is something a test sees.
      werror: 'report',
      rerror: 'report',
    }),
  ];
}

export function cdRom(file: string): string[] {
  return [
    ...['-blockdev', blockNode('cd-rom', { file, format: 'raw' }, { readOnly: true })],
    ...['-device', 'virtio-scsi-pci,id=scsi'],
    ...['-device', 'scsi-cd,bus=scsi.0,drive=cd-rom'],
  ];
}
