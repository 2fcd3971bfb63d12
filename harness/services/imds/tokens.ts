import { randomBytes } from 'node:crypto';

import type { Gate, GateAnswer } from '../http/gate.ts';

/** Below any version. */
const TOKEN_PATH = /^[\w.-]+\/api\/token$/;
const TTL_HEADER = 'x-aws-ec2-metadata-token-ttl-seconds';
const TOKEN_HEADER = 'x-aws-ec2-metadata-token';
/** Six hours. */
const MAX_TTL_SECONDS = 21_600;
const TOKEN_BYTES = 40;

export interface TokenRules {
  /** Whether IMDSv1, which knows no tokens, is off. Default: true. */
  readonly required?: boolean;
  /** Default: the host's clock. */
  readonly nowMs?: () => number;
}

/**
 * Lets in who shows a token that has not expired, and gives one to whoever asks with PUT and says for how long
 * (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-v2-how-it-works.html). A request that somebody
 * forwards gets none, so that an open proxy on the instance leads nobody to its secrets.
 */
export function imdsTokens({ required = true, nowMs = Date.now }: TokenRules = {}): Gate {
  const expiresAtMs = new Map<string, number>();
  return ({ method, path, headers }) => {
    if (TOKEN_PATH.test(path)) {
      if (method !== 'PUT') return refusal(405, 'Method Not Allowed');
      if (headers['x-forwarded-for'] !== undefined) return refusal(403, 'Forbidden');
      const seconds = ttlOf(headers[TTL_HEADER]);
      if (seconds === undefined) return refusal(400, 'Bad Request');
      const token = randomBytes(TOKEN_BYTES).toString('base64url');
      expiresAtMs.set(token, nowMs() + seconds * 1000);
      return { status: 200, headers: { [TTL_HEADER]: String(seconds) }, text: token };
    }
    const token = headers[TOKEN_HEADER];
    if (token === undefined) return required ? refusal(401, 'Unauthorized') : undefined;
    const untilMs = expiresAtMs.get(String(token));
    return untilMs !== undefined && nowMs() < untilMs ? undefined : refusal(401, 'Unauthorized');
  };
}

function ttlOf(header: string | string[] | undefined): number | undefined {
  const seconds = /^\d{1,5}$/.test(String(header)) ? Number(header) : 0;
  return seconds >= 1 && seconds <= MAX_TTL_SECONDS ? seconds : undefined;
}

function refusal(status: number, text: string): GateAnswer {
  return { status, headers: { 'content-type': 'text/plain' }, text };
}
