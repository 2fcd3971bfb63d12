import { existsSync } from 'node:fs';
import { relative } from 'node:path';

import { UsageError } from '../../harness/util/errors.ts';

/**
 * Folders and files whose tests take seconds and need no machine: what is computed, rendered, parsed or spoken over a
 * socket. Only these are mutated.
 */
export const PURE_PARTS: readonly string[] = [
  'harness/crash-consistency/states',
  'harness/crash-consistency/nbd',
  'harness/crash-consistency/faults.ts',
  'harness/crash-consistency/recorded-disk.ts',
  'harness/crash-consistency/regions.ts',
  'harness/crash-consistency/write-history.ts',
  'harness/disk/fat',
  'harness/disk/gpt',
  'harness/guest/agent/lines.ts',
  'harness/guest/bridge',
  'harness/guest/console/line-reader.ts',
  'harness/guest/diagnosis',
  'harness/guest/journal/entry.ts',
  'harness/guest/journal/line-splitter.ts',
  'harness/image/manifest.ts',
  'harness/os/api/updates.ts',
  'harness/os/capabilities.ts',
  'harness/os/choose-profile.ts',
  'harness/os/profile-file.ts',
  'harness/os/slots.ts',
  'harness/os/user-data/check.ts',
  'harness/os/user-data/credentials.ts',
  'harness/os/user-data/pieces.ts',
  'harness/process/shell-quote.ts',
  'harness/qemu/argv',
  'harness/qemu/failure.ts',
  'harness/qemu/machines',
  'harness/qemu/qmp/lines.ts',
  'harness/qemu/qmp/messages.ts',
  'harness/report/event-tail.ts',
  'harness/report/render',
  'harness/services/http/faults.ts',
  'harness/services/imds',
  'harness/services/tuf',
  'harness/util/architecture.ts',
  'harness/util/errors.ts',
  'harness/util/files/toml.ts',
  'harness/util/numbers',
  'harness/vm/monitor/boot-timeline.ts',
  'harness/vm/monitor/signs',
];

/**
 * What of the pure parts is at these paths; all of it for no path. Relative to the current directory, which is the
 * repository's root under npm.
 *
 * @throws {UsageError} for a path where none is.
 */
export function pureParts(paths: readonly string[]): readonly string[] {
  if (paths.length === 0) return PURE_PARTS;
  return [...new Set(paths.flatMap(pureAt))];
}

function pureAt(path: string): readonly string[] {
  const place = relative('.', path);
  if (existsSync(place) && PURE_PARTS.some((part) => isWithin(place, part))) return [place];
  const parts = PURE_PARTS.filter((part) => isWithin(part, place));
  if (parts.length > 0) return parts;
  throw new UsageError(`${path} is not one of the parts that are mutated, and contains none.`, {
    hint: `They are: ${PURE_PARTS.join(', ')}.`,
  });
}

function isWithin(path: string, folder: string): boolean {
  return folder === '' || path === folder || path.startsWith(`${folder}/`);
}
