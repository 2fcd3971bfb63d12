import { runHostTool } from '../../process/host-tool.ts';

export interface IsoContents {
  readonly label?: string;
  /** The name in the root directory → the file that is put there. */
  readonly files: Readonly<Record<string, string>>;
}

/** Makes `target` an ISO 9660 image. */
export async function makeIso(target: string, { label, files }: IsoContents): Promise<void> {
  await runHostTool('xorriso', [
    ...['-as', 'mkisofs', '-quiet', '-o', target],
    ...(label === undefined ? [] : ['-V', label]),
    // Rock Ridge: plain ISO 9660 has no "-" in names.
    ...['-R', '-graft-points'],
    ...Object.entries(files).map(([name, source]) => `${name}=${escapeGraftPoint(source)}`),
  ]);
}

function escapeGraftPoint(path: string): string {
  return path.replace(/[\\=]/g, String.raw`\$&`);
}
