/** Nothing but the gates can notice a change of these. */
const GATES_ONLY = [/\.md$/, /^LICENSE-/, /^docs\//, /\.test\.ts$/];
const SUITE_FILE = /\.suite\.ts$/;

/**
 * The suite files whose results a change can alter. What it does not know, such as a file of the harness, can alter all.
 *
 * @param changed paths in the checkout.
 * @param suites suite file → all the files of suites that it consists of, itself among them; paths in the checkout.
 */
export function touchedSuites(
  changed: readonly string[],
  suites: ReadonlyMap<string, ReadonlySet<string>>,
): ReadonlySet<string> {
  const touched = new Set<string>();
  for (const path of changed) {
    const users = [...suites].filter(([, parts]) => parts.has(path)).map(([file]) => file);
    if (users.length === 0 && !isGatesOnly(path)) return new Set(suites.keys());
    for (const file of users) touched.add(file);
  }
  return touched;
}

/** Also of a suite file that is gone, or that no plan has. */
function isGatesOnly(path: string): boolean {
  return SUITE_FILE.test(path) || GATES_ONLY.some((pattern) => pattern.test(path));
}
