import { generateKeyPair, randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import { promisify } from 'node:util';

import forge from 'node-forge';

const KEY_BITS = 2048;
const DAY_MS = 86_400_000;
/** Of a subject alternative name (RFC 5280, section 4.2.1.6). */
const NAME_KINDS = { dns: 2, ip: 7 };

/** What a TLS server shows, as PEM. */
export interface TlsIdentity {
  readonly certificate: string;
  readonly key: string;
}

interface Validity {
  readonly from: Date;
  readonly to: Date;
}

/** Makes certificates that clients trust who trust its own, and nobody else does. */
export class CertificateAuthority {
  /** PEM. */
  readonly certificate: string;
  readonly #subject: forge.pki.CertificateField[];
  readonly #key: forge.pki.rsa.PrivateKey;

  private constructor(keys: Keys, name: string) {
    this.#subject = [{ name: 'commonName', value: name }];
    this.#key = keys.privateKey;
    const certificate = draft(keys, this.#subject, this.#subject, aroundNow());
    certificate.setExtensions([{ name: 'basicConstraints', critical: true, cA: true }]);
    this.certificate = sign(certificate, this.#key);
  }

  /** @param name common name of the issuer. */
  static async create(name: string): Promise<CertificateAuthority> {
    return new CertificateAuthority(await generateKeys(), name);
  }

  /**
   * @param host the DNS name or IP address that the certificate is for.
   * @param validity default: from yesterday to tomorrow.
   */
  async issue(host: string, validity: Validity = aroundNow()): Promise<TlsIdentity> {
    const keys = await generateKeys();
    const certificate = draft(keys, [], this.#subject, validity);
    const name = isIP(host) ? { type: NAME_KINDS.ip, ip: host } : { type: NAME_KINDS.dns, value: host };
    certificate.setExtensions([{ name: 'subjectAltName', critical: true, altNames: [name] }]);
    return { certificate: sign(certificate, this.#key), key: forge.pki.privateKeyToPem(keys.privateKey) };
  }
}

type Keys = forge.pki.rsa.KeyPair;

/** Node's generator takes a hundredth of the time of forge's. */
async function generateKeys(): Promise<Keys> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: KEY_BITS,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  const key = forge.pki.privateKeyFromPem(privateKey);
  return { privateKey: key, publicKey: forge.pki.setRsaPublicKey(key.n, key.e) };
}

function draft(
  { publicKey }: Keys,
  subject: forge.pki.CertificateField[],
  issuer: forge.pki.CertificateField[],
  { from, to }: Validity,
): forge.pki.Certificate {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = publicKey;
  // A positive number, as RFC 5280 demands (section 4.1.2.2).
  certificate.serialNumber = `01${randomBytes(15).toString('hex')}`;
  certificate.setSubject(subject);
  certificate.setIssuer(issuer);
  certificate.validity.notBefore = from;
  certificate.validity.notAfter = to;
  return certificate;
}

function sign(certificate: forge.pki.Certificate, key: forge.pki.rsa.PrivateKey): string {
  certificate.sign(key, forge.md.sha256.create());
  return forge.pki.certificateToPem(certificate);
}

function aroundNow(): Validity {
  return { from: new Date(Date.now() - DAY_MS), to: new Date(Date.now() + DAY_MS) };
}
