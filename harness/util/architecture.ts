import { UsageError } from './errors.ts';

export const ARCHITECTURES = ['x86_64', 'aarch64'] as const;
export type Architecture = (typeof ARCHITECTURES)[number];

/** The names under which Debian, Docker, Node and people know the same two machines. */
const ALIASES: Readonly<Record<string, Architecture>> = {
  x86_64: 'x86_64',
  'x86-64': 'x86_64',
  amd64: 'x86_64',
  x64: 'x86_64',
  aarch64: 'aarch64',
  arm64: 'aarch64',
};

/** @throws {UsageError} for a name that is no alias of a supported architecture. */
export function parseArchitecture(name: string): Architecture {
  const architecture = ALIASES[name.toLowerCase()];
  if (architecture === undefined) {
    throw new UsageError(
      `Unknown architecture "${name}"; it must be one of ${Object.keys(ALIASES).join(', ')}.`,
    );
  }
  return architecture;
}

/** As EC2 calls it: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Image.html. */
export function ec2Architecture(architecture: Architecture): string {
  return { x86_64: 'x86_64', aarch64: 'arm64' }[architecture];
}

export function hostArchitecture(): Architecture {
  return parseArchitecture(process.arch);
}
