import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, open, truncate, writeFile } from 'node:fs/promises';

import { beforeEach, expect, test } from 'vitest';

import { runHostTool } from '../../process/host-tool.ts';
import { scratchDirectory } from '../../util/testing/scratch.ts';
import { Ext4Contents } from './ext4-content.ts';

const BLOCK_BYTES = 1024;
const BLOCKS = 4096;
const NEW = randomBytes(BLOCK_BYTES);

let scratch: Awaited<ReturnType<typeof scratchDirectory>>;
/** Where the data of the only file is. */
let used: number;

beforeEach(async () => {
  scratch = await scratchDirectory();
  await mkdir(scratch('content'));
  await writeFile(scratch('content/file'), randomBytes(BLOCK_BYTES));
  await writeFile(scratch('new'), NEW);
  await writeFile(scratch('base'), '');
  await truncate(scratch('base'), BLOCKS * BLOCK_BYTES);
  await runHostTool('mkfs.ext4', ['-q', `-b${BLOCK_BYTES}`, '-d', scratch('content'), scratch('base')]);
  const { stdout } = await runHostTool('debugfs', ['-R', 'blocks file', scratch('base')]);
  used = Number(stdout);
});

async function contentWith(alter: (file: string) => Promise<unknown>): Promise<string | undefined> {
  await copyFile(scratch('base'), scratch('copy'));
  await alter(scratch('copy'));
  return new Ext4Contents().replay(scratch('copy'));
}

async function writeBlock(file: string, block: number): Promise<void> {
  await using handle = await open(file, 'r+');
  await handle.write(NEW, 0, BLOCK_BYTES, block * BLOCK_BYTES);
}

async function journalBlock(file: string, block: number): Promise<void> {
  const commands = ['jo', `jw -b ${block} ${scratch('new')}`, 'jc'];
  await writeFile(scratch('commands'), commands.map((line) => `${line}\n`).join(''));
  await runHostTool('debugfs', ['-w', '-f', scratch('commands'), file]);
}

const nothing = () => Promise.resolve();

test('what waits in the journal counts as what it is going to be', async () => {
  const written = await contentWith((file) => writeBlock(file, used));
  expect(await contentWith((file) => journalBlock(file, used))).toBe(written);
  expect(written).not.toBe(await contentWith(nothing));
});

test('a block that is free can hold anything', async () => {
  const asMade = await contentWith(nothing);
  expect(await contentWith((file) => writeBlock(file, BLOCKS - 1))).toBe(asMade);
});

test('what is not a file system has no content', async () => {
  expect(await contentWith((file) => writeFile(file, randomBytes(BLOCKS * BLOCK_BYTES)))).toBeUndefined();
});
