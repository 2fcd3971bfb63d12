/** Files of systemd-boot on the ESP, as the Boot Loader Specification (UAPI.1) has them. */
export function loaderPaths(family: string) {
  return {
    configuration: 'loader/loader.conf',
    entry: `loader/entries/${family}.conf`,
    kernel: `${family}/linux`,
    initrd: `${family}/initrd.img`,
  };
}

/** Boots the only entry without a menu. */
export function loaderConf(family: string): string {
  return `default ${family}.conf\ntimeout 0\neditor no\n`;
}

export function loaderEntry(family: string, kernelCommandLine: readonly string[]): string {
  const { kernel, initrd } = loaderPaths(family);
  return [
    `title ${family}`,
    `linux /${kernel}`,
    `initrd /${initrd}`,
    `options ${kernelCommandLine.join(' ')}`,
    '',
  ].join('\n');
}
