import { randomUUID } from 'node:crypto';

import { basicAuthorization, challenge, type Credentials, type Gate } from '../http/gate.ts';

const TOKEN_PATH = 'token';
/** A client may keep a token for so long; it is the specification's own default. */
const EXPIRES_IN_SECONDS = 60;
const JSON_TYPE = { 'content-type': 'application/json' };

/**
 * Lets in who shows a token of its own token service (Docker registry token authentication), which gives one to whoever shows
 * user and password.
 *
 * @param url where clients reach this registry, such as `http://10.0.2.100:5000`.
 */
export function tokenAuth(url: string, credentials: Credentials): Gate {
  const token = randomUUID();
  const expected = basicAuthorization(credentials);
  return ({ path, headers: { authorization } }) => {
    if (path === TOKEN_PATH) {
      return authorization === expected
        ? { status: 200, headers: JSON_TYPE, text: JSON.stringify({ token, expires_in: EXPIRES_IN_SECONDS }) }
        : challenge('Basic realm="hotfire"');
    }
    if (authorization === `Bearer ${token}`) return undefined;
    return challenge(`Bearer realm="${url}/${TOKEN_PATH}",service="hotfire"${scope(path)}`);
  };
}

/** What the token must be good for; none for the base of the interface. */
function scope(path: string): string {
  const repository = /^v2\/(.+)\/(?:manifests|blobs)\//.exec(path)?.[1];
  return repository === undefined ? '' : `,scope="repository:${repository}:pull"`;
}
