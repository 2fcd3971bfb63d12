import { causesOf, propertyOf } from './causes.ts';
import { EXIT_CODES, HotfireError, type ExitCode } from '../errors.ts';

/** What a system call answers when the host is out of something, or has not given this user the right. */
const HOST_CODES: ReadonlySet<unknown> = new Set([
  ...['ENOSPC', 'EDQUOT', 'EFBIG', 'EROFS', 'EACCES', 'EPERM', 'EIO'],
  ...['ENOMEM', 'EMFILE', 'ENFILE', 'EAGAIN'],
]);

/**
 * Whether the host failed, not the image: the error or something that led to it says so, or it was not raised on purpose
 * and comes from a system call whose failure only the host explains.
 *
 * @param error may have crossed a process border as a plain object.
 */
export function isHostFault(error: unknown): boolean {
  const wasDeliberate = typeof propertyOf(error, 'exitCode') === 'number';
  for (const one of causesOf(error)) {
    if (propertyOf(one, 'exitCode') === EXIT_CODES.infrastructure) return true;
    if (!wasDeliberate && isSystemError(one) && HOST_CODES.has(propertyOf(one, 'code'))) return true;
  }
  return false;
}

function isSystemError(error: unknown): boolean {
  return typeof propertyOf(error, 'syscall') === 'string';
}

/** The exit code that an arbitrary thrown value asks for. A bug counts as a failed test. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof HotfireError) return error.exitCode;
  return isHostFault(error) ? EXIT_CODES.infrastructure : EXIT_CODES.testFailed;
}
