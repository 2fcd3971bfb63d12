import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { UsageError } from '../errors.ts';

/** Vite cuts a path at "?" and "#" and decodes "%20", and vitest takes the other characters for a glob pattern. */
const SPECIAL = /[?#%*[\]{}()!|@+\\]/;

export function isPlainPath(path: string): boolean {
  return !SPECIAL.test(path);
}

/** What was linked → the link. */
const links = new Map<string, string>();
let directory: string | undefined;

/**
 * A path that means the same and has no character that vite or vitest misread: one that begins with a link, where it has
 * to. The links go when the process exits.
 */
export function plainPath(path: string): string {
  const parts = path.split('/');
  const last = parts.findLastIndex((part) => SPECIAL.test(part));
  if (last === -1) return path;
  return [linkTo(parts.slice(0, last + 1).join('/')), ...parts.slice(last + 1)].join('/');
}

/** A text in which the links stand for what they lead to, as the user knows it. */
export function withOriginalPaths(text: string): string {
  return [...links].reduce((shown, [path, link]) => shown.replaceAll(link, path), text);
}

function linkTo(path: string): string {
  const known = links.get(path);
  if (known !== undefined) return known;
  directory ??= makeLinkDirectory();
  // The suite in a directory is called by the directory's name.
  const parent = join(directory, String(links.size));
  const link = join(parent, basename(path).replaceAll(new RegExp(SPECIAL, 'g'), '-'));
  mkdirSync(parent);
  symlinkSync(path, link);
  links.set(path, link);
  return link;
}

function makeLinkDirectory(): string {
  if (SPECIAL.test(tmpdir())) {
    throw new UsageError(`The directory for temporary files is ${tmpdir()}, a path that vite misreads.`, {
      hint: 'Point TMPDIR to another directory, such as /tmp.',
    });
  }
  const made = mkdtempSync(join(tmpdir(), 'hotfire-links-'));
  process.once('exit', () => {
    rmSync(made, { recursive: true, force: true });
  });
  return made;
}
