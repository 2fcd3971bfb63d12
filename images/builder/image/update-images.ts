import type { Workbench } from '../sdk/workbench.ts';

/** What an update writes to the partitions of a slot. */
export type UpdateImage = 'boot' | 'root' | 'hash';

/**
 * Suffixes of the files that an update repository serves (contract of Bottlerocket's updater). They say `ext4` whatever
 * the file system is: upstream kept the names when its root became erofs.
 */
const SUFFIXES: Readonly<Record<UpdateImage, string>> = {
  boot: 'boot.ext4.lz4',
  root: 'root.ext4.lz4',
  hash: 'root.verity.lz4',
};

/**
 * Packs `boot.img`, `root.img` and `hash.img` of the workbench into lz4 frames.
 *
 * @param base what the names of all files of this image begin with.
 * @returns names of the packed files.
 */
export async function packUpdateImages(
  bench: Workbench,
  base: string,
): Promise<Readonly<Record<UpdateImage, string>>> {
  return { boot: await pack('boot'), root: await pack('root'), hash: await pack('hash') };

  async function pack(image: UpdateImage): Promise<string> {
    const name = `${base}-${SUFFIXES[image]}`;
    await bench.run('packs an update image', [
      'lz4',
      '-9',
      '-q',
      // One thread: the same bytes on every host.
      '-T1',
      // An updater can refuse an image that is larger than its partition before it writes.
      '--content-size',
      `${image}.img`,
      name,
    ]);
    return name;
  }
}
