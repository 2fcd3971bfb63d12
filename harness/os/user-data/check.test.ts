import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { UserData } from './channels.ts';
import { checkUserData } from './check.ts';
import { devicesFor } from './devices.ts';
import { digestOf, piecesOf } from './pieces.ts';

const credential = (name: string, content: string | Uint8Array = ''): UserData => ({
  ...{ channel: 'credentials', name },
  content,
});
const file = (name: string): string => `/m/${name}`;

describe('user-data is refused', () => {
  const names = ['', '.', '..', 'a/b', 'a:b', 'a=b', 'a\nb', 'ä', 'x'.repeat(256)];
  test.each(names)('with a credential named %j', (name) => {
    expect(() => {
      checkUserData([credential(name)]);
    }).toThrow(/can't be the name of a credential/);
  });

  test('with two credentials of the same name', () => {
    expect(() => {
      checkUserData([credential('a'), credential('b'), credential('a')]);
    }).toThrow('The credential "a" is given twice.');
  });

  test('with credentials that do not fit into SMBIOS', () => {
    const half = new Uint8Array(23_000);
    checkUserData([credential('a', half), credential('b', half)]);
    expect(() => {
      checkUserData([credential('a', half), credential('b', half), credential('c', half)]);
    }).toThrow(/take 9\d{4} bytes in SMBIOS, in base64; at most 61440 fit/);
  });

  test('with two CD-ROMs', () => {
    expect(() => {
      checkUserData([
        { channel: 'cd-rom', content: '' },
        { channel: 'nocloud', content: '' },
      ]);
    }).toThrow(/a machine has one CD-ROM/);
  });
});

test('credentials of any content reach SMBIOS as one string each', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (content) => {
      const [piece] = piecesOf({ channel: 'credentials', name: 'my.secret-1', content }, 3);
      const [, base64 = ''] =
        /^io\.systemd\.credential\.binary:my\.secret-1=([!-~]*)$/.exec(String(piece?.content)) ?? [];
      expect(Buffer.from(base64, 'base64').equals(content)).toBe(true);
      expect(piece?.file).toBe('user-data.credential-3');
    }),
  );
});

test('every channel of one machine has a device of its own', () => {
  const all: UserData[] = [
    { channel: 'fw-cfg', content: '' },
    credential('a'),
    { channel: 'ignition', content: '{}' },
    { channel: 'nocloud', content: '' },
    credential('b'),
    { channel: 'private', content: '' },
  ];
  checkUserData(all);
  expect(devicesFor(all, file)).toEqual({
    fwCfg: [
      { name: 'opt/sparkler/user-data', file: '/m/user-data.fw-cfg' },
      { name: 'opt/com.coreos/config', file: '/m/user-data.ignition' },
    ],
    smbiosOemStrings: [{ path: '/m/user-data.credential-1' }, { path: '/m/user-data.credential-4' }],
    cdRom: '/m/user-data.iso',
    smbiosSystem: { serial: 'ds=nocloud' },
  });
});

describe('the digest of user-data', () => {
  const nocloud = { channel: 'nocloud', content: 'a' } as const;
  const different: UserData[] = [
    credential('a', 'x'),
    credential('b', 'x'),
    credential('a', 'y'),
    nocloud,
    { ...nocloud, content: 'b' },
    { ...nocloud, networkConfig: '' },
    { ...nocloud, networkConfig: 'a' },
    { ...nocloud, metaData: { a: 1 } },
    { channel: 'fw-cfg', content: 'a' },
    { channel: 'cd-rom', content: 'a' },
    { channel: 'private', content: 'a' },
    { channel: 'ignition', content: 'a' },
  ];

  test('differs for all that a guest can tell apart', () => {
    const digests = different.map((one) => JSON.stringify(digestOf([one])));
    expect(new Set(digests).size).toBe(different.length);
  });

  test('is the same for text and its bytes', () => {
    expect(digestOf([credential('a', 'ä')])).toEqual(digestOf([credential('a', Buffer.from('ä'))]));
  });
});

test('cloud-init sees a new instance whenever its data changed', () => {
  const idOf = (content: string, metaData: Record<string, unknown> = {}): unknown => {
    const pieces = piecesOf({ channel: 'nocloud', content, metaData }, 0);
    const metadata = pieces.find(({ name }) => name === 'meta-data')?.content;
    return (JSON.parse(String(metadata)) as Record<string, unknown>)['instance-id'];
  };
  expect(idOf('a')).toBe(idOf('a'));
  expect(idOf('a')).not.toBe(idOf('b'));
  expect(idOf('a')).not.toBe(idOf('a', { 'local-hostname': 'x' }));
  expect(idOf('a', { 'instance-id': 'mine' })).toBe('mine');
});
