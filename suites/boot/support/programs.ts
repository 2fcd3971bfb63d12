import { listErofs, partitionLabelled } from '../../../harness/index.ts';
import type { ErofsFile, PoweredOff } from '../../../harness/index.ts';

/** Shells, interpreters, package managers and remote logins: what a production image must not have. */
const UNWANTED = new Set(
  [
    'apk apt apt-get ash awk bash busybox csh dash dnf dpkg dropbear elvish fish gawk gdb guile ksh lua luajit mawk',
    'microdnf mksh nano node nu pacman perl php pip posh pwsh python rbash rpm ruby sh snap ssh sshd tclsh tcsh',
    'telnetd toybox vi yum zsh',
  ].flatMap((names) => names.split(' ')),
);
/** Versions are part of many names: python3.13, lua5.4. */
const VERSION = /[\d.-]+$/;
const ANY_EXECUTE = 0o111;
const SET_USER_OR_GROUP = 0o6000;

/** Every file of the root that the machine would boot, read from its disk by the host. */
export async function rootFiles(machine: PoweredOff): Promise<ErofsFile[]> {
  return listErofs(machine.disk, partitionLabelled(await machine.readGpt(), 'BOTTLEROCKET-ROOT-A'));
}

/** Executable files, and links of such a name, that a production image must not have. */
export function unwantedPrograms(files: readonly ErofsFile[]): string[] {
  return pathsOf(files, ({ kind, path, permissions }) => {
    if (kind === 'directory' || (permissions & ANY_EXECUTE) === 0) return false;
    const name = path.slice(path.lastIndexOf('/') + 1);
    return UNWANTED.has(name) || UNWANTED.has(name.replace(VERSION, ''));
  });
}

/** Files that run with the rights of their owner or group, whoever starts them. */
export function privilegedPrograms(files: readonly ErofsFile[]): string[] {
  return pathsOf(
    files,
    ({ kind, permissions }) => kind === 'file' && (permissions & SET_USER_OR_GROUP) !== 0,
  );
}

function pathsOf(files: readonly ErofsFile[], which: (file: ErofsFile) => boolean): string[] {
  return files.filter(which).map(({ path }) => path);
}
