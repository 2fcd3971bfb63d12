import type { Content, FileTree } from '../content.ts';
import { identityDocument, type Instance } from './instance.ts';

/** Of the versions that EC2 has published, those in use: clouds' agents ask for one by its date, people for the latest. */
const VERSIONS = [
  '2016-09-02',
  '2018-09-24',
  '2019-10-01',
  '2020-10-27',
  '2021-01-03',
  '2021-07-15',
  'latest',
];

/**
 * An instance as a tree of files below each version. A directory answers with the names in it, one a line, those of
 * directories with a slash at their end.
 *
 * @param userData absent: the instance has none, and asking for it gets 404.
 */
export function publishInstance(instance: Instance, userData?: string | Uint8Array): FileTree {
  const files = filesOf(instance, userData);
  const tree = new Map<string, Content>([['', text([...VERSIONS])]]);
  for (const version of VERSIONS) {
    for (const [path, content] of files) tree.set(`${version}/${path}`, content);
    for (const [path, names] of directoriesOf([...files.keys()])) {
      const directory = `${version}/${path}`;
      tree.set(directory, text(names)).set(directory.slice(0, -1), text(names));
    }
  }
  return tree;
}

/** The categories that systems read while they boot; https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-categories.html. */
function filesOf(instance: Instance, userData: string | Uint8Array | undefined): Map<string, Buffer> {
  const { macAddress: mac, privateIp, hostname, region, availabilityZone } = instance;
  const metadata = {
    'ami-id': instance.imageId,
    hostname: hostname,
    'instance-id': instance.instanceId,
    'instance-type': instance.instanceType,
    'local-hostname': hostname,
    'local-ipv4': privateIp,
    mac: mac,
    [`network/interfaces/macs/${mac}/device-number`]: '0',
    [`network/interfaces/macs/${mac}/local-ipv4s`]: privateIp,
    [`network/interfaces/macs/${mac}/mac`]: mac,
    'placement/availability-zone': availabilityZone,
    'placement/region': region,
    'services/domain': 'amazonaws.com',
    'services/partition': 'aws',
    ...Object.fromEntries(
      Object.entries(instance.tags ?? {}).map(([key, value]) => [`tags/instance/${key}`, value]),
    ),
  };
  const files = Object.entries(metadata).map(([path, value]) => [`meta-data/${path}`, value] as const);
  return new Map([
    ...files.map(([path, value]) => [path, Buffer.from(value)] as const),
    ['dynamic/instance-identity/document', Buffer.from(identityDocument(instance))],
    ...(userData === undefined ? [] : [['user-data', Buffer.from(userData)] as const]),
  ]);
}

/** Every directory that leads to one of the paths, with the names in it. */
function directoriesOf(paths: readonly string[]): Map<string, string[]> {
  const directories = new Map<string, Set<string>>();
  for (const path of paths) {
    const parts = path.split('/');
    parts.forEach((part, index) => {
      const directory = parts
        .slice(0, index)
        .map((name) => `${name}/`)
        .join('');
      const names = directories.get(directory) ?? new Set();
      directories.set(directory, names.add(index === parts.length - 1 ? part : `${part}/`));
    });
  }
  return new Map([...directories].map(([directory, names]) => [directory, [...names].sort()]));
}

function text(lines: readonly string[]): Buffer {
  return Buffer.from(lines.join('\n'));
}
