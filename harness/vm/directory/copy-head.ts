import { open } from 'node:fs/promises';

/** Copies a file, or the first `maxBytes` of it. */
export async function copyHead(from: string, to: string, maxBytes: number): Promise<void> {
  await using source = await open(from);
  const { buffer, bytesRead } = await source.read(Buffer.alloc(maxBytes), 0, maxBytes, 0);
  await using target = await open(to, 'w');
  await target.writeFile(buffer.subarray(0, bytesRead));
}
