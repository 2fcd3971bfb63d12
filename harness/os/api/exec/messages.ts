import { z } from 'zod';

import { UsageError } from '../../../util/errors.ts';

/** The text messages of `/exec` (contract, section 3.2). */
export const serverMessageSchema = z.object({
  Capacity: z.object({
    max_messages_outstanding: z.number().int().nonnegative(),
    messages_written: z.number().int().nonnegative(),
  }),
});

/** In characters. */
export interface TerminalSize {
  readonly rows: number;
  readonly cols: number;
}

/** Arguments are bytes, as for the kernel. */
export function initializeMessage(
  target: string,
  argv: readonly string[],
  tty: TerminalSize | undefined,
): string {
  if (argv.length === 0 || argv[0] === '') {
    throw new UsageError('A command for a container needs at least a program.');
  }
  const command = argv.map((argument) => ({ Unix: [...Buffer.from(argument)] }));
  return JSON.stringify({
    Initialize: { command, target, tty: tty === undefined ? null : { size: checked(tty) } },
  });
}

export function resizeMessage(size: TerminalSize): string {
  return JSON.stringify({ Winch: checked(size) });
}

export const END_OF_INPUT = JSON.stringify('ContentComplete');

function checked({ rows, cols }: TerminalSize): TerminalSize {
  for (const count of [rows, cols]) {
    if (!Number.isInteger(count) || count < 1 || count > 0xffff) {
      throw new UsageError(`A terminal has 1 to 65535 rows and columns, not ${rows} and ${cols}.`);
    }
  }
  return { rows, cols };
}
