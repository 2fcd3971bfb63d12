// Loaded before tsx, for which what follows a `?` in a path is a query: from such a checkout it compiles nothing, and shows an
// error of its own with a stack.
import process from 'node:process';
import { fileURLToPath, URL } from 'node:url';

const EX_USAGE = 64;

const checkout = fileURLToPath(new URL('../..', import.meta.url));
if (checkout.includes('?')) {
  process.stderr.write(
    `error: the path of this checkout, ${checkout}, has a "?" in it, and no TypeScript can be loaded from there.\n` +
      '  Move or rename the directory. Suites and images may have it in their paths.\n',
  );
  process.exit(EX_USAGE);
}
