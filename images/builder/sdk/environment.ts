/** Variables by which a user's way to the network must also reach the tools in the SDK. */
const PROXIES = ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];

/** The little of the caller's environment that a build may see: nothing that could change its result. */
export function hostEnvironment(): Record<string, string> {
  const proxies = PROXIES.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(proxies), LC_ALL: 'C.UTF-8', TZ: 'UTC' };
}
