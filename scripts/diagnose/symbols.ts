import { SourceLines } from '../../harness/image/symbols/source-lines.ts';
import { UsageError } from '../../harness/util/errors.ts';
import { exists } from '../../harness/util/files/look.ts';

/**
 * @param vmlinux as the user names it.
 * @throws {UsageError} when it is no kernel with symbols; {InfrastructureError} when the host lacks a tool.
 */
export async function openSymbols(vmlinux: string): Promise<SourceLines> {
  const hint =
    'Name the vmlinux, built with CONFIG_DEBUG_INFO, of the very kernel that wrote the log; `npm run image -- --symbols` makes the one of images built here.';
  if (!(await exists(vmlinux)))
    throw new UsageError(`--symbols ${vmlinux}: there is no such file.`, { hint });
  const source = await SourceLines.of(vmlinux);
  if (source !== undefined) return source;
  throw new UsageError(`--symbols ${vmlinux} is not an ELF file with symbols and debug information.`, {
    hint,
  });
}
