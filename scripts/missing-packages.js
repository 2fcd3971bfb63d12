// Prints the npm packages of package-lock.json that are not in node_modules, or can't be used there; nothing if all is well.
// For scripts/setup, which runs it before there is anything to run TypeScript with.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import process from 'node:process';

/** @typedef {{ version?: string, optional?: boolean }} Package */

const PACKAGE_DIRECTORY = /^node_modules\//;
/** They are there, but do nothing, when npm was told to run no scripts or to leave out what is for one platform only. */
const USES = new Map([
  ['tsx', ['--import', 'tsx', '--eval', '']],
  ['node-pty', ['--eval', 'require("node-pty")']],
]);

const { packages } = /** @type {{ packages: Record<string, Package> }} */ (parse('package-lock.json'));
const absent = Object.entries(packages)
  .filter(
    ([path, wanted]) => PACKAGE_DIRECTORY.test(path) && wanted.optional !== true && !isThere(path, wanted),
  )
  .map(([path]) => path.replace(PACKAGE_DIRECTORY, ''));
const broken = [...USES].filter(([name, use]) => `node_modules/${name}` in packages && !works(use));
const missing = absent.length > 0 ? absent : broken.map(([name]) => name);
if (missing.length > 0) process.stdout.write(`${missing.join(' ')}\n`);

/**
 * @param {string} path
 * @param {Package} wanted
 */
function isThere(path, { version }) {
  const manifest = `${path}/package.json`;
  if (!existsSync(manifest)) return false;
  return version === undefined || /** @type {Package} */ (parse(manifest)).version === version;
}

/** @param {readonly string[]} use */
function works(use) {
  return spawnSync(process.execPath, use, { stdio: 'ignore' }).status === 0;
}

/**
 * @param {string} path
 * @returns {unknown}
 */
function parse(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}
