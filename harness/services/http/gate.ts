import type { LoggedRequest } from './request-log.ts';

export interface GateAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Decides who gets in. @returns what others get, or undefined for who may have the file. */
export type Gate = (request: LoggedRequest) => GateAnswer | undefined;

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** What a client shows with them (RFC 7617). */
export function basicAuthorization({ username, password }: Credentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** Every request has to show user and password. */
export function basicAuth(credentials: Credentials): Gate {
  const expected = basicAuthorization(credentials);
  return ({ headers }) =>
    headers.authorization === expected ? undefined : challenge(`Basic realm="hotfire"`);
}

/** 401 with the way in (RFC 9110, section 11.6.1). */
export function challenge(scheme: string): GateAnswer {
  return { status: 401, headers: { 'www-authenticate': scheme }, text: 'not without credentials' };
}
