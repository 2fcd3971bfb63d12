import { shellQuote } from '../../../harness/process/shell-quote.ts';
import type { RunRequest } from '../request.ts';

type Asked = Pick<RunRequest, 'diskSizeBytes' | 'profile' | 'nextImagePath' | 'ownSuites' | 'exhaustive'>;

/** What chooses the same image and machine again, in `npm test` and `npm run vm`, as a shell takes it. */
export function imageFlags(chosen: readonly string[], { diskSizeBytes, profile }: Asked): string {
  return shellQuote([
    ...chosen,
    ...(diskSizeBytes === undefined ? [] : ['--disk-size', `${diskSizeBytes / 2 ** 20}M`]),
    ...(profile === undefined ? [] : ['--profile', profile]),
  ]);
}

/** What `npm test` needs besides to run the same test again. */
export function testFlags({ nextImagePath, ownSuites, exhaustive }: Asked): string {
  return shellQuote([
    ...(nextImagePath === undefined ? [] : ['--next-image', nextImagePath]),
    ...(ownSuites === undefined ? [] : ['--suites', ownSuites]),
    ...(exhaustive ? ['--exhaustive'] : []),
  ]);
}
