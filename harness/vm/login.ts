import type { Console } from '../guest/console/console.ts';
import { login } from '../guest/console/login.ts';
import type { ConsoleShell } from '../guest/console/shell.ts';
import type { OsProfile } from '../os/profile.ts';
import type { Deadline } from '../util/deadline.ts';
import { UsageError } from '../util/errors.ts';

/** @throws {UsageError} when the profile names no user; {ImageError} when the guest refuses the login. */
export async function loginAs(
  profile: OsProfile,
  console: Console,
  deadline: Deadline,
): Promise<ConsoleShell> {
  if (profile.login === undefined) {
    throw new UsageError(`The profile "${profile.name}" names no user to log in as.`, {
      hint: 'Give [login] with `user` and `password` in hotfire.toml.',
    });
  }
  return login(console, { ...profile.login, deadline });
}
