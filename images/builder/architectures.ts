import type { Architecture } from '../../harness/util/architecture.ts';

/** All in which the builder's architectures differ; no other file of it knows the name of one. */
export interface BuildTarget {
  /** Debian's name of the architecture. */
  readonly debian: string;
  /** Debian's multiarch directory under /usr/lib. */
  readonly multiarch: string;
  /** What the names of Debian's cross compilers end in. */
  readonly gnuPackageSuffix: string;
  /** Go's name of the architecture (GOARCH). */
  readonly go: string;
  /** Triples for Rust: programs of the system, and programs of the firmware. */
  readonly rust: { readonly system: string; readonly efi: string };
  readonly kernel: {
    readonly arch: string;
    readonly makeTarget: string;
    readonly image: string;
    /** Whether vmlinux is packed in the image; otherwise the image is vmlinux as it lies in memory. */
    readonly packed: boolean;
  };
  /** UEFI's name of the architecture: in ukify's options and in systemd's stub, and in the removable-media path. */
  readonly efi: { readonly name: string; readonly removableMedia: string };
  /** ELF machine number (System V gABI, e_machine). */
  readonly elfMachine: number;
}

export const BUILD_TARGETS: Readonly<Record<Architecture, BuildTarget>> = {
  x86_64: {
    debian: 'amd64',
    multiarch: 'x86_64-linux-gnu',
    gnuPackageSuffix: 'x86-64-linux-gnu',
    go: 'amd64',
    rust: { system: 'x86_64-unknown-linux-gnu', efi: 'x86_64-unknown-uefi' },
    kernel: { arch: 'x86_64', makeTarget: 'bzImage', image: 'arch/x86/boot/bzImage', packed: true },
    efi: { name: 'x64', removableMedia: 'BOOTX64.EFI' },
    elfMachine: 62,
  },
  aarch64: {
    debian: 'arm64',
    multiarch: 'aarch64-linux-gnu',
    gnuPackageSuffix: 'aarch64-linux-gnu',
    go: 'arm64',
    rust: { system: 'aarch64-unknown-linux-gnu', efi: 'aarch64-unknown-uefi' },
    kernel: { arch: 'arm64', makeTarget: 'Image', image: 'arch/arm64/boot/Image', packed: false },
    efi: { name: 'aa64', removableMedia: 'BOOTAA64.EFI' },
    elfMachine: 183,
  },
};

/** @returns the prefix of binutils and gcc for `target` on `host`, empty where they are the host's own. */
export function crossCompilePrefix(target: BuildTarget, host: BuildTarget): string {
  return target.debian === host.debian ? '' : `${target.multiarch}-`;
}
