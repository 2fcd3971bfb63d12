import { PLACE, type Signature } from './signature.ts';

const common = { speaker: 'kernel', severity: 'failure', blame: 'head' } as const;

/** Block devices and file systems that are not what they were. */
export const DISKS: readonly Signature[] = [
  {
    ...common,
    kind: 'verity-corruption',
    severity: 'fatal',
    pattern: /^device-mapper: verity(?:-fec)?: .*(?:is corrupted|corruption)/,
    title: (match) => `dm-verity: ${/metadata/.test(match[0]) ? 'metadata' : 'data'} block is corrupted`,
  },
  {
    ...common,
    kind: 'file-system-error',
    pattern: new RegExp(String.raw`^(?<fs>EXT[234])-fs error \(device (?<device>[^)]{1,40})\): ${PLACE}`),
    title: ({ groups }) => `${groups?.['fs'] ?? ''}-fs error`,
  },
  {
    ...common,
    kind: 'file-system-error',
    pattern:
      /^(?<fs>EXT[234]-fs error|XFS \([^)]{1,40}\): (?:Corruption|Internal error|Metadata corruption|log I\/O error)|BTRFS (?:error|critical)|FAT-fs \([^)]{1,40}\): error|erofs(?: \([^)]{1,40}\))?: .{0,60}(?:corrupted|bogus)|JBD2: (?:Error|I\/O error)|Aborting journal on device)/,
    title: ({ groups }) => fileSystemTitle(groups?.['fs'] ?? ''),
  },
  {
    ...common,
    kind: 'bug',
    severity: 'fatal',
    pattern: /^VFS: Busy inodes after unmount/,
    title: 'VFS: Busy inodes after unmount (use-after-free)',
  },
  {
    ...common,
    kind: 'bug',
    severity: 'fatal',
    pattern: /^BUG: Dentry .*still in use/,
    title: 'BUG: Dentry still in use',
  },
];

function fileSystemTitle(words: string): string {
  return words
    .replace(/ \([^)]*\)/, '')
    .replace(/^erofs.*/, 'erofs: corrupted')
    .replace(/:$/, '');
}
