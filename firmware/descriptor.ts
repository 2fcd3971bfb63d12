import { z } from 'zod';

/** The part of QEMU's firmware descriptors that decides a choice: docs/interop/firmware.json of QEMU. */
export const descriptorSchema = z.object({
  description: z.string(),
  'interface-types': z.array(z.string()),
  mapping: z.object({
    device: z.string(),
    executable: flashFile().optional(),
    'nvram-template': flashFile().optional(),
  }),
  targets: z.array(z.object({ architecture: z.string(), machines: z.array(z.string()) })),
  features: z.array(z.string()),
});

export type Descriptor = z.infer<typeof descriptorSchema>;

function flashFile(): z.ZodObject<{ filename: z.ZodString; format: z.ZodString }> {
  return z.object({ filename: z.string(), format: z.string() });
}
