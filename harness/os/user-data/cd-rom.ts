import { runHostTool } from '../../process/host-tool.ts';

/** The contract's provider accepts this name in the root of any ISO 9660 volume. */
const FILE_NAME = 'user-data';

/** @returns `target`, an ISO 9660 image that holds the file `source` as user-data. */
export async function makeCdRom(source: string, target: string): Promise<string> {
  await runHostTool('xorriso', [
    ...['-as', 'mkisofs', '-quiet', '-o', target],
    // Rock Ridge: plain ISO 9660 has no "-" in names.
    ...['-R', '-graft-points', `${FILE_NAME}=${escapeGraftPoint(source)}`],
  ]);
  return target;
}

function escapeGraftPoint(path: string): string {
  return path.replace(/[\\=]/g, String.raw`\$&`);
}
