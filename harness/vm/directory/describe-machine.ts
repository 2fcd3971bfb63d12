import { formatVersion } from '../../qemu/binary.ts';
import type { Assembly } from '../assembly.ts';

type Described = Pick<Assembly, 'qemu' | 'accelerator' | 'firmware' | 'uuid' | 'spec'>;

/** What a machine was made of, for whoever looks at its evidence without its report. */
export function describeMachine({ qemu, accelerator, firmware, uuid, spec }: Described) {
  const { image, cpus, memoryMiB } = spec;
  const { manifest } = image;
  return {
    ...{ uuid, cpus, memoryMiB, accelerator },
    qemu: { path: qemu.path, version: formatVersion(qemu.version) },
    firmware: { code: firmware.codePath, vars: firmware.varsTemplatePath, format: firmware.format },
    image: {
      path: image.path,
      arch: image.arch,
      name: manifest?.os.name ?? null,
      version: manifest?.os.version ?? null,
      /** Of each disk, from the manifest. */
      sha256: manifest?.disks.map((disk) => disk.sha256) ?? [],
    },
  };
}
