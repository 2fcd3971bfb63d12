import { LABELS } from '../bottlerocket/layout.ts';

/** Where a Bottlerocket-style OS looks for its user-data. */
export const BOTTLEROCKET = {
  /** Below opt/, which QEMU leaves to its users; the second part says whose it is. */
  fwCfgName: 'opt/sparkler/user-data',
  /** In the root directory of any ISO 9660 volume. */
  cdRomFile: 'user-data',
  privateLabel: LABELS.private,
  privateFile: 'user-data.toml',
} as const;
