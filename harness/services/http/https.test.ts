import { once } from 'node:events';
import { request } from 'node:http';
import { connect, isIP, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { scratchDirectory } from '../../util/testing/scratch.ts';
import { CertificateAuthority, type TlsIdentity } from './certificate-authority.ts';
import { ConnectProxy } from './connect-proxy.ts';
import { FileService } from './file-service.ts';

const HOST = 'files.example';
const DAY_MS = 86_400_000;

let authority: CertificateAuthority;
let socketPath: string;
let proxyPath: string;
let service: FileService;

beforeEach(async () => {
  const file = await scratchDirectory();
  [socketPath, proxyPath] = [file('service'), file('proxy')];
  authority = await CertificateAuthority.create('one');
  const files = new Map([['a', Buffer.from('hello')]]);
  service = await FileService.listen(files, socketPath, await authority.issue(HOST));
});

afterEach(async () => {
  await service[Symbol.asyncDispose]();
});

/** @param socket what leads to the service. */
async function get(host = HOST, socket: Socket = connect(socketPath)): Promise<string> {
  const stream = connectTls({ socket, host, servername: isIP(host) ? '' : host, ca: authority.certificate });
  await once(stream, 'secureConnect');
  const asked = request({ createConnection: () => stream, host, path: '/a' }).end();
  const [response] = (await once(asked, 'response')) as [Readable];
  return text(response);
}

describe('a service of HTTPS', () => {
  test('answers who trusts its issuer', async () => {
    expect(await get()).toBe('hello');
    service.present(await authority.issue('127.0.0.1'));
    expect(await get('127.0.0.1')).toBe('hello');
  });

  test('has an identity from the beginning or none', async () => {
    await using plain = await FileService.listen(new Map());
    expect(() => {
      plain.present({ certificate: '', key: '' });
    }).toThrow(/speaks plain HTTP/);
  });

  test('is refused with a wrong name, time or issuer', async () => {
    const stranger = await CertificateAuthority.create('two');
    const past = { from: new Date(0), to: new Date(DAY_MS) };
    const cases: [TlsIdentity, string][] = [
      [await authority.issue('other.example'), 'ERR_TLS_CERT_ALTNAME_INVALID'],
      [await authority.issue(HOST, past), 'CERT_HAS_EXPIRED'],
      [await stranger.issue(HOST), 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    ];
    for (const [identity, code] of cases) {
      service.present(identity);
      await expect(get()).rejects.toMatchObject({ code });
    }
    expect(service.requests).toEqual([]);
  });
});

describe('a proxy', () => {
  let proxy: ConnectProxy;

  beforeEach(async () => {
    proxy = await ConnectProxy.listen(new Map([[`${HOST}:443`, socketPath]]), proxyPath);
  });

  afterEach(async () => {
    await proxy[Symbol.asyncDispose]();
  });

  async function tunnel(target: string): Promise<[Socket, string]> {
    const socket = connect(proxyPath);
    socket.write(`CONNECT ${target} HTTP/1.1\r\nhost: ${target}\r\nproxy-authorization: Basic eA==\r\n\r\n`);
    const [head] = (await once(socket, 'data')) as [Buffer];
    return [socket, head.toString()];
  }

  test('leads to the servers that it has a route for', async () => {
    const [socket, head] = await tunnel(`${HOST}:443`);
    expect(head).toBe('HTTP/1.1 200 Connected\r\n\r\n');
    expect(await get(HOST, socket)).toBe('hello');
    expect(proxy.tunnels).toEqual([{ target: `${HOST}:443`, authorization: 'Basic eA==' }]);
  });

  test('leads nowhere else', async () => {
    const [socket, head] = await tunnel('127.0.0.1:22');
    expect(head).toMatch(/^HTTP\/1\.1 502 /);
    socket.destroy();
  });
});
