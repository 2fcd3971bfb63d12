import type { Deadline } from '../../util/deadline.ts';
import { ImageError, WaitTimeoutError } from '../../util/errors.ts';
import type { Console } from './console.ts';
import { ConsoleShell } from './shell.ts';

const LOGIN_PROMPT = /login: *$/;
const PASSWORD_PROMPT = /assword: *$/;
const REFUSAL = /Login incorrect|Authentication failure|Maximum number of tries exceeded/;
/** Only a hint that a shell is there: ConsoleShell makes sure. */
const SHELL_PROMPT = /[#$%>] *$/;

/** A silent console may have shown its prompt before we looked, or have printed over it. */
const PRESS_ENTER_AFTER_MS = 3000;
/** How long an emulated guest may take to ask for the password that there is, or to start the shell. */
const PASSWORD_TIMEOUT_MS = 20_000;
const SHELL_TIMEOUT_MS = 5000;

export interface LoginOptions {
  readonly user: string;
  /** Absent: the guest must not ask for one. */
  readonly password?: string;
  readonly deadline: Deadline;
}

/**
 * Logs in at a console that shows `login:`, or will.
 *
 * @throws {ImageError} when the guest refuses, or asks for a password that is not given. @throws {WaitTimeoutError}
 */
export async function login(
  console: Console,
  { user, password, deadline }: LoginOptions,
): Promise<ConsoleShell> {
  await loginPrompt(console, deadline);
  const from = console.position;
  console.sendLine(user);
  const patienceMs = password === undefined ? SHELL_TIMEOUT_MS : PASSWORD_TIMEOUT_MS;
  const signs = anyOf(PASSWORD_PROMPT, REFUSAL, SHELL_PROMPT);
  const sign = await see(console, signs, deadline.within(patienceMs, deadline.what), from);
  if (PASSWORD_PROMPT.test(sign)) {
    if (password === undefined) {
      throw new ImageError(`The guest asks for the password of "${user}", and none was given.`);
    }
    const next = console.position + 1;
    console.sendLine(password);
    const answer = await see(
      console,
      anyOf(REFUSAL, SHELL_PROMPT),
      deadline.within(SHELL_TIMEOUT_MS, deadline.what),
      next,
    );
    if (REFUSAL.test(answer)) throw refused(user, answer);
  }
  return ConsoleShell.open(console, deadline, { unless: REFUSAL, refused: (text) => refused(user, text) });
}

async function loginPrompt(console: Console, deadline: Deadline): Promise<void> {
  for (;;) {
    const patience = deadline.within(PRESS_ENTER_AFTER_MS, deadline.what);
    if ((await see(console, LOGIN_PROMPT, patience, console.position)) !== '') return;
    if (deadline.expired) throw deadline.error(console.lastSeen);
    console.sendLine();
  }
}

/** The line that matches; empty if none came in time. */
async function see(console: Console, pattern: RegExp, patience: Deadline, from: number): Promise<string> {
  try {
    return (await console.waitFor(pattern, patience, { from })).text;
  } catch (error) {
    if (error instanceof WaitTimeoutError) return '';
    throw error;
  }
}

function anyOf(...patterns: readonly RegExp[]): RegExp {
  return new RegExp(patterns.map(({ source }) => source).join('|'));
}

function refused(user: string, text: string): ImageError {
  return new ImageError(`The guest refuses to log "${user}" in: ${text.trim()}.`);
}
