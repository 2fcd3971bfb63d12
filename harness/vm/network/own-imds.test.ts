import { Agent, request } from 'undici';
import { describe, expect, test } from 'vitest';

import type { Capability } from '../../os/capabilities.ts';
import { scratchDirectory } from '../../util/testing/scratch.ts';
import { networkOf } from './network.ts';
import { serveOwnImds, type Cloudy } from './own-imds.ts';

const image = (...capabilities: Capability[]): Cloudy['image'] => ({
  arch: 'aarch64',
  capabilities: new Set(capabilities),
});
const document = { channel: 'imds', content: '#!/bin/sh\n' } as const;
const addresses = (spec: Cloudy): string[] =>
  (networkOf(spec, String)?.services ?? []).map(({ address }) => address);

describe('a machine has a metadata service of its own', () => {
  test.for<[string, Cloudy, string[]]>([
    ['when its image asks for one', { image: image('user-data.imds') }, ['169.254.169.254']],
    ['when its user-data goes through it', { image: image(), userData: [document] }, ['169.254.169.254']],
    ['and no other way', { image: image('user-data.fw-cfg') }, []],
    [
      'unless its test brings one',
      {
        image: image('user-data.imds'),
        services: [{ address: '169.254.169.254', port: 80, socket: '/s' }],
      },
      ['169.254.169.254'],
    ],
    [
      'beside its other services',
      { image: image('user-data.imds'), services: [{ port: 80, socket: '/s' }] },
      ['10.0.2.100', '169.254.169.254'],
    ],
  ])('%s', ([, spec, expected]) => {
    expect(addresses(spec)).toEqual(expected);
  });

  test('which knows its architecture and its user-data', async () => {
    const scratch = await scratchDirectory();
    const imds = await serveOwnImds({ image: image(), userData: [document] }, scratch);
    await using service = imds ?? expect.fail('there is none');
    const dispatcher = new Agent({ connect: { socketPath: service.socket } });
    const ask = async (path: string, method: 'GET' | 'PUT', name: string, value: string): Promise<string> => {
      const url = `http://169.254.169.254/latest/${path}`;
      const { body } = await request(url, { method, dispatcher, headers: { [name]: value } });
      return body.text();
    };
    const token = await ask('api/token', 'PUT', 'x-aws-ec2-metadata-token-ttl-seconds', '60');
    const read = (path: string): Promise<string> => ask(path, 'GET', 'x-aws-ec2-metadata-token', token);
    expect(await read('user-data')).toBe(document.content);
    expect(JSON.parse(await read('dynamic/instance-identity/document'))).toMatchObject({
      architecture: 'arm64',
    });
    await dispatcher.destroy();
  });
});
