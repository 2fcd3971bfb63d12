import { X509Certificate } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { CertificateAuthority } from '../../../harness/services/http/certificate-authority.ts';
import { ImageError, UsageError } from '../../../harness/util/errors.ts';
import { checkKernelConfig, checkTrustedKey } from './kernel.ts';

const asked = '# what for\nCONFIG_EROFS_FS=y\nCONFIG_DEVMEM=n\nCONFIG_NAME="-x"\n';

describe('checkKernelConfig', () => {
  it('takes a configuration in which everything is as asked', () => {
    checkKernelConfig(
      asked,
      'CONFIG_EROFS_FS=y\n# CONFIG_DEVMEM is not set\nCONFIG_NAME="-x"\nCONFIG_MORE=y\n',
    );
  });

  it('names each option that was dropped, switched on, or changed', () => {
    const check = (): void => {
      checkKernelConfig(asked, 'CONFIG_DEVMEM=y\nCONFIG_NAME="-y"\n');
    };
    expect(check).toThrow(UsageError);
    expect(check).toThrow(
      /3 options:\n {2}CONFIG_EROFS_FS=y became n\n {2}CONFIG_DEVMEM=n became y\n {2}CONFIG_NAME="-x" became "-y"/,
    );
  });
});

describe('checkTrustedKey', () => {
  it('tells the certificate of the key that signs from that of another key', async () => {
    const [wanted, other] = await Promise.all(
      ['ours', 'ours'].map(async (name) => (await CertificateAuthority.create(name)).certificate),
    );
    const der = (pem = ''): Buffer => new X509Certificate(pem).raw;
    const pem = Buffer.from(wanted ?? '');
    checkTrustedKey(der(wanted), pem, '/work');
    expect(() => {
      checkTrustedKey(der(other), pem, '/work');
    }).toThrow(ImageError);
    expect(() => {
      checkTrustedKey(Buffer.alloc(0), pem, '/work');
    }).toThrow(/trusts another key.*Delete \/work/s);
  });
});
