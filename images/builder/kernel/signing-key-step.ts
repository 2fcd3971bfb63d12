import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Entry, Step } from '../cache/step.ts';
import { Workbench } from '../sdk/workbench.ts';

const VERSION = 1;

/** What the kernel's certs/Makefile makes its own key from, with our name in it. */
const REQUEST = `[ req ]
default_bits = 4096
distinguished_name = name
prompt = no
string_mask = utf8only
x509_extensions = extensions

[ name ]
O = Sparkler
CN = Module signing key

[ extensions ]
basicConstraints = critical,CA:FALSE
keyUsage = digitalSignature
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
`;

/**
 * The key that signs kernel modules, made once per cache and never in the project: `signing_key.pem` (secret),
 * `signing_key.x509` (certificate). Images of one cache accept each other's modules and live patches.
 */
export function signingKeyStep(sdk: Entry): Step {
  return keyStep('module signing key', sdk);
}

/** The same with a key that no kernel trusts, for what kernels must refuse. */
export function strangersKeyStep(sdk: Entry): Step {
  return keyStep("stranger's module signing key", sdk);
}

function keyStep(name: string, sdk: Entry): Step {
  return {
    name,
    inputs: { version: VERSION, request: REQUEST },
    identityFile: 'signing_key.x509',
    spaceBytes: 1024 ** 2,
    build: async (output, context) => {
      await writeFile(join(output, 'request.cnf'), REQUEST);
      const request = [
        'openssl',
        'req',
        '-new',
        '-x509',
        '-batch',
        '-utf8',
        '-sha512',
        '-nodes',
        '-days',
        '36500',
      ] as const;
      const files = ['-config', 'request.cnf', '-keyout', 'signing_key.pem', '-out', 'signing_key.x509'];
      const bench = new Workbench(sdk, output, context);
      await bench.run('makes the module signing key', [...request, ...files]);
      // The kernel's build wants key and certificate in one file.
      await bench.run('completes the module signing key', [
        'sh',
        '-c',
        'cat signing_key.x509 >> signing_key.pem',
      ]);
    },
  };
}
