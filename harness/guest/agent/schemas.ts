import { z } from 'zod';

/** What is used of the answers in docs/interop/qemu-ga-ref of QEMU. */
export const infoSchema = z.object({
  version: z.string(),
  supported_commands: z.array(z.object({ name: z.string(), enabled: z.boolean() })),
});

export const execSchema = z.object({ pid: z.int() });

export const execStatusSchema = z.object({
  exited: z.boolean(),
  exitcode: z.int().optional(),
  signal: z.int().optional(),
  'out-data': z.base64().optional(),
  'err-data': z.base64().optional(),
  'out-truncated': z.boolean().optional(),
  'err-truncated': z.boolean().optional(),
});

export const handleSchema = z.int();

export const readSchema = z.object({ count: z.int().nonnegative(), 'buf-b64': z.base64(), eof: z.boolean() });

export const writeSchema = z.object({ count: z.int().nonnegative() });
