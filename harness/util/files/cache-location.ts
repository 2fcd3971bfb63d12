import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Where images and templates are kept: `$HOTFIRE_CACHE`, else `hotfire` in the user's cache directory (XDG). */
export function cacheLocation(environment: NodeJS.ProcessEnv = process.env): string {
  const own = environment['HOTFIRE_CACHE'];
  if (own !== undefined && own !== '') return resolve(own);
  const xdg = environment['XDG_CACHE_HOME'];
  return join(xdg !== undefined && xdg !== '' ? resolve(xdg) : join(homedir(), '.cache'), 'hotfire');
}
