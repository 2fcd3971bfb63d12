import {
  constants,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  type KeyObject,
} from 'node:crypto';

import { canonicalize } from '@tufjs/canonical-json';
import { Key, Signature } from '@tufjs/models';

import { UsageError } from '../../../util/errors.ts';
import { sha256 } from '../../../util/files/sha256.ts';

/** The signature schemes of Bottlerocket's repositories that we write. */
export type Scheme = 'ed25519' | 'rsassa-pss-sha256';

const RSA_BITS = 3072;
/** As long as the digest, which is what ring and aws-lc (and so tough) insist on. */
const PSS_SALT_BYTES = 32;

/** A key pair of a repository. */
export class SigningKey {
  /** The public half, as root metadata lists it. */
  readonly published: Key;
  readonly #private: KeyObject;

  private constructor(key: KeyObject) {
    this.published = publishedForm(createPublicKey(key));
    this.#private = key;
  }

  static generate(scheme: Scheme): SigningKey {
    const pair =
      scheme === 'ed25519'
        ? generateKeyPairSync('ed25519')
        : generateKeyPairSync('rsa', { modulusLength: RSA_BITS });
    return new SigningKey(pair.privateKey);
  }

  /**
   * @param pem PKCS #8.
   * @throws {UsageError} for text that is no private key, or one of another kind.
   */
  static fromPem(pem: string): SigningKey {
    let key: KeyObject;
    try {
      key = createPrivateKey(pem);
    } catch (error) {
      throw new UsageError('A key of an update repository must be a private key in PEM (PKCS #8).', {
        cause: error,
      });
    }
    return new SigningKey(key);
  }

  toPem(): string {
    return this.#private.export({ type: 'pkcs8', format: 'pem' }).toString();
  }

  get id(): string {
    return this.published.keyID;
  }

  sign(bytes: Buffer): Signature {
    const key =
      this.published.scheme === 'ed25519'
        ? this.#private
        : {
            key: this.#private,
            padding: constants.RSA_PKCS1_PSS_PADDING,
            saltLength: PSS_SALT_BYTES,
          };
    const algorithm = this.published.scheme === 'ed25519' ? undefined : 'sha256';
    return new Signature({ keyID: this.id, sig: sign(algorithm, bytes, key).toString('hex') });
  }
}

/** The id is the digest of the key's canonical form: tough refuses root metadata in which it is anything else. */
export function publishedForm(publicKey: KeyObject): Key {
  const form = publicForm(publicKey);
  const { keyType, scheme, keyVal } = form;
  const canonical = canonicalize({ keytype: keyType, scheme, keyval: keyVal });
  return new Key({ keyID: sha256(canonical), ...form });
}

function publicForm(key: KeyObject): { keyType: string; scheme: Scheme; keyVal: { public: string } } {
  if (key.asymmetricKeyType === 'ed25519') {
    const { x = '' } = key.export({ format: 'jwk' });
    const hex = Buffer.from(x, 'base64url').toString('hex');
    return { keyType: 'ed25519', scheme: 'ed25519', keyVal: { public: hex } };
  }
  if (key.asymmetricKeyType === 'rsa') {
    const pem = key.export({ type: 'spki', format: 'pem' }).toString();
    return { keyType: 'rsa', scheme: 'rsassa-pss-sha256', keyVal: { public: pem } };
  }
  throw new UsageError(
    `A key of an update repository is of type ${String(key.asymmetricKeyType)}; it must be ed25519 or rsa.`,
  );
}
