import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { expect, test } from 'vitest';

const IMAGES = join(import.meta.dirname, '../../images');

/** Services that may load kernel modules, which the kernel takes from its own build only. */
const ALLOWED = [
  // In images for development only.
  'bench-service.service',
  // It runs where nothing else could be relied on, and calls systemctl.
  'boot-deadline.service',
  // In images for development only.
  'console-login.service',
  // Superpowered host containers and bootstrap containers have what upstream gives them.
  'host-containerd.service',
  'livepatch-boot.service',
  'livepatch-reconcile.service',
  'livepatch@.service',
];

test('only the live patch manager may load modules, and what is listed', async () => {
  expect(await servicesThatMay()).toEqual(ALLOWED);
});

/** Debian's own units are judged by what the image adds to them. */
async function servicesThatMay(): Promise<string[]> {
  const folders = ['os/units', 'rootfs/static', 'variants'].map((folder) => join(IMAGES, folder));
  const files = (await Promise.all(folders.map(filesBelow))).flat();
  const named = await Promise.all(
    files.map(async (path) => ({ unit: unitOf(path), text: await readFile(path, 'utf8') })),
  );
  const settings = new Map<string, string>();
  for (const { unit, text } of named) {
    // What a drop-in says is said beside the unit.
    if (unit !== undefined) settings.set(unit, `${settings.get(unit) ?? ''}\n${text}`);
  }
  return [...settings].flatMap(([unit, text]) => (mayLoad(text) ? [unit] : [])).sort();
}

/** The service that a file is, or is a drop-in of. */
function unitOf(path: string): string | undefined {
  if (path.endsWith('.service')) return basename(path);
  const folder = basename(dirname(path));
  return path.endsWith('.conf') && folder.endsWith('.service.d') ? folder.slice(0, -'.d'.length) : undefined;
}

/** systemd.exec(5): a list names what is kept, one after "~" what is taken away. */
function mayLoad(text: string): boolean {
  const lists = [...text.matchAll(/^CapabilityBoundingSet=(.*)$/gm)].map(([, list = '']) => list);
  return lists.length === 0 || lists.some((list) => list.startsWith('~') !== list.includes('CAP_SYS_MODULE'));
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}
