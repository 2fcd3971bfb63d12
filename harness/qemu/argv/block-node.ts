import { optionString } from './option-string.ts';
import type { FileSource, NbdSource } from './options.ts';

export function blockNode(
  nodeName: string,
  { file, format }: FileSource,
  { readOnly }: { readOnly: boolean },
): string {
  return optionString('', {
    driver: format,
    'node-name': nodeName,
    'read-only': readOnly,
    // What the guest trims is returned to the host.
    discard: readOnly ? undefined : 'unmap',
    // A power cut here is QEMU's sudden death, which the host's page cache outlives. What the guest flushed is in it
    // by then, so waiting for the host's disk as well would only cost time.
    'cache.no-flush': readOnly ? undefined : true,
    'file.driver': 'file',
    'file.filename': file,
  });
}

/** With no word about the cache: the server is to get the guest's flushes. */
export function nbdNode(
  nodeName: string,
  { socket, exportName }: NbdSource,
  { readOnly }: { readOnly: boolean },
): string {
  return optionString('', {
    driver: 'nbd',
    'node-name': nodeName,
    'read-only': readOnly,
    discard: readOnly ? undefined : 'unmap',
    'server.type': 'unix',
    'server.path': socket,
    export: exportName,
  });
}
