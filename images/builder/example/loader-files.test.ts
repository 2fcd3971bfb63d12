import { describe, expect, it } from 'vitest';

import { loaderConf, loaderEntry } from './loader-files.ts';

describe('the files of systemd-boot', () => {
  it('name kernel, initramfs and command line of the entry', () => {
    expect(loaderEntry('debian', ['root=PARTLABEL=debian-root', 'rw'])).toBe(
      'title debian\nlinux /debian/linux\ninitrd /debian/initrd.img\noptions root=PARTLABEL=debian-root rw\n',
    );
  });

  it('boot the entry at once', () => {
    expect(loaderConf('debian').split('\n')).toEqual(
      expect.arrayContaining(['default debian.conf', 'timeout 0']),
    );
  });
});
