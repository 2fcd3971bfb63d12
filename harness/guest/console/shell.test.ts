import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';

import { describe, expect, test, vi } from 'vitest';

import { scratchDirectory } from '../../util/testing/scratch.ts';
import type { PipePeer } from '../../qemu/testing/pipe-peer.ts';
import { which } from '../../process/which.ts';
import { Deadline } from '../../util/deadline.ts';
import type { Console } from './console.ts';
import { login } from './login.ts';
import { ConsoleShell } from './shell.ts';
import { pipeConsole, soon, terminalConsole } from './testing/pty-console.ts';

const pty = await import('node-pty').catch(() => undefined);

const SHELLS = [
  ['bash', ['--norc', '-i']],
  ['dash', ['-i']],
  ['busybox', ['sh', '-i']],
] as const;
const present = await Promise.all(SHELLS.map(async ([name]) => (await which(name)) !== undefined));
const shells = SHELLS.filter((_, index) => present[index]);

describe.skipIf(pty === undefined).each(shells)('in a real terminal, %s', (name, args) => {
  const opened = async (): Promise<ConsoleShell> =>
    ConsoleShell.open(await terminalConsole(name, args), soon());

  test('gives exit code and output, without echo and prompts', async () => {
    const shell = await opened();
    const run = (command: string): Promise<unknown> => shell.run(command, { deadline: soon() });
    expect(await run('echo one; echo two >&2')).toEqual({ exitCode: 0, output: 'one\ntwo' });
    expect(await run('true')).toEqual({ exitCode: 0, output: '' });
    expect(await run('(exit 3)')).toEqual({ exitCode: 3, output: '' });
    expect(await run('printf "no end"; false')).toEqual({ exitCode: 1, output: 'no end' });
    expect(await run('cd /usr; V=kept')).toEqual({ exitCode: 0, output: '' });
    expect(await run('pwd; echo "$V"')).toEqual({ exitCode: 0, output: '/usr\nkept' });
    expect(await run('cat')).toEqual({ exitCode: 0, output: '' });
    expect(await run(String.raw`printf '\033[31mred\033[0m\n'`)).toEqual({ exitCode: 0, output: 'red' });
  });

  test('takes any characters and long lines', async () => {
    const shell = await opened();
    const text = `it's "ä€🔥" \\ 100% !! $HOME \`x\` #\ttab`;
    const quoted = `'${text.replaceAll("'", String.raw`'\''`)}'`;
    const { output } = await shell.run(`printf '%s' ${quoted}\nprintf ' %s' next`, { deadline: soon() });
    expect(output).toBe(`${text} next`);
    const long = 'x'.repeat(3000);
    expect((await shell.run(`echo ${long}`, { deadline: soon() })).output).toBe(long);
    const many = await shell.run("head -c 200000 /dev/zero | tr '\\0' y", { deadline: soon() });
    expect(many.output).toBe('y'.repeat(200_000));
    expect(() => shell.run(`: ${'x'.repeat(4000)}`, { deadline: soon() })).toThrow(
      /a terminal's line holds 4000/,
    );
  });

  test('survives errors of syntax and a hung command', async () => {
    const console = await terminalConsole(name, args);
    const shell = await ConsoleShell.open(console, soon());
    const broken = await shell.run('if then', { deadline: soon() });
    expect(broken.exitCode).not.toBe(0);
    expect(broken.output).toMatch(/syntax error/i);
    // A busy host may not have started it in that time.
    await vi.waitFor(async () => {
      const hung = shell.run('echo started; sleep 1000', { deadline: soon(500) });
      await expect(hung).rejects.toThrow(/started/);
    }, 60_000);
    // 128 + SIGINT: it was interrupted at once, not when the next command needed the shell.
    await console.waitFor(/@end-[0-9a-f]+-130@/, soon());
    expect(await shell.run('echo alive', { deadline: soon() })).toEqual({ exitCode: 0, output: 'alive' });
  });

  test('runs one command after the other', async () => {
    const shell = await opened();
    const runs = [1, 2, 3].map((one) => shell.run(`sleep 0.0${4 - one}; echo ${one}`, { deadline: soon() }));
    expect((await Promise.all(runs)).map(({ output }) => output)).toEqual(['1', '2', '3']);
  });
});

describe('at a console that the test plays', () => {
  /** Answers the next line that is typed, as a shell with local echo would. */
  async function reply(guest: PipePeer, exitCode: number, output = ''): Promise<void> {
    let typed = '';
    while (!typed.includes('\r')) typed += String((await once(guest.heard, 'data'))[0]);
    const id = /@''end-([0-9a-f]+)-/.exec(typed)?.[1] ?? 'none';
    guest.say(`~ $ ${typed.replace(/\r/g, '\r\n')}@begin-${id}@\r\n${output}@end-${id}-${exitCode}@`);
  }

  test('the echo of a command is no part of its output', async () => {
    const { console, guest } = await pipeConsole();
    const opened = ConsoleShell.open(console, soon());
    await reply(guest, 0);
    const shell = await opened;
    const run = shell.run('x', { deadline: soon() });
    await reply(guest, 255, 'a\r\n\r\n\x1b[1mb\x1b[0m\r\n');
    expect(await run).toEqual({ exitCode: 255, output: 'a\n\nb' });
  });

  test('a line that got lost is typed again', async () => {
    const { console, guest } = await pipeConsole();
    const opened = ConsoleShell.open(console, soon());
    expect(String((await once(guest.heard, 'data'))[0])).toMatch(/stty -echo/);
    await reply(guest, 0);
    await opened;
  });

  test('the end of the machine ends a command', async () => {
    const { console, guest } = await pipeConsole();
    const opened = ConsoleShell.open(console, soon());
    await reply(guest, 0);
    const run = (await opened).run('x', { deadline: soon() });
    guest.hangUp();
    await expect(run).rejects.toThrow("The machine's console is closed.");
    await expect((await opened).run('x', { deadline: soon() })).rejects.toThrow('is closed');
  });

  test('endless output is refused', async () => {
    const { console, guest } = await pipeConsole();
    const opened = ConsoleShell.open(console, soon());
    await reply(guest, 0);
    const run = (await opened).run('x', { deadline: soon() });
    const block = Buffer.alloc(2 ** 20, 'x'.repeat(99) + '\n');
    for (let sent = 0; sent < 17; sent += 1) guest.say(block);
    await expect(run).rejects.toThrow(/more than 16777216 characters on its console without an end/);
  });
});

/** What getty and login(1) do, with a shell behind it whose prompt has colours and an empty line. */
async function getty(script: string): Promise<Console> {
  const scratch = await scratchDirectory();
  const start = [
    String.raw`export PS1='\n\[\e[1;32m\]\u@\h\[\e[0m\]:\w # ' PROMPT_COMMAND='printf "\033]0;title\007"'`,
    'echo "Last login: never"',
    'exec bash --norc -i',
  ];
  const ask = `ask() { printf 'host login: '; read user; }
password() { stty -echo; printf 'Password: '; read password; stty echo; echo; }`;
  await writeFile(scratch('getty'), [ask, script, ...start].join('\n'));
  return terminalConsole('dash', [scratch('getty')]);
}

describe.skipIf(pty === undefined)('a login', () => {
  const CHECK =
    'ask; password; [ "$user:$password" = root:secret ] || { sleep 0.3; echo; echo "Login incorrect"; ask; exit; }';

  test('with a password reaches the shell behind a coloured prompt', async () => {
    const console = await getty(`sleep 0.5; echo Booting; ${CHECK}`);
    const shell = await login(console, { user: 'root', password: 'secret', deadline: soon() });
    expect(await shell.run('echo "$0"; test -t 1', { deadline: soon() })).toEqual({
      exitCode: 0,
      output: 'bash',
    });
  });

  test('with a wrong password is reported as refused', async () => {
    const console = await getty(CHECK);
    await expect(login(console, { user: 'root', password: 'wrong', deadline: soon() })).rejects.toThrow(
      'The guest refuses to log "root" in: Login incorrect.',
    );
  });

  test('without a password does not wait for the question', async () => {
    const console = await getty('ask');
    const shell = await login(console, { user: 'root', password: 'unused', deadline: soon() });
    expect((await shell.run('true', { deadline: soon() })).exitCode).toBe(0);
  });

  test('that needs a password says so', async () => {
    const console = await getty(CHECK);
    await expect(login(console, { user: 'root', deadline: soon() })).rejects.toThrow(
      'The guest asks for the password of "root", and none was given.',
    );
  });

  test('wakes a prompt that was printed over', async () => {
    const console = await getty(
      'printf "host login: "; printf "[   12.3] random: crng init done\\n"; read empty; ask',
    );
    await console.waitFor(/crng/, soon());
    const shell = await login(console, { user: 'root', deadline: soon() });
    expect((await shell.run('true', { deadline: soon() })).exitCode).toBe(0);
  });

  test('at a guest that prints something else names the last line', async () => {
    const console = await getty('echo "Kernel panic"; sleep 1000');
    await console.waitFor(/Kernel panic/, soon());
    const attempt = login(console, { user: 'root', deadline: Deadline.after(500, 'a login') });
    await expect(attempt).rejects.toThrow(/for a login.*\nLast seen: Kernel panic/);
  });
});
