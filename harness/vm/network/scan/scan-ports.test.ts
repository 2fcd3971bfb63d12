import { dir } from 'tmp-promise';
import { describe, expect, it, onTestFinished } from 'vitest';

import { Deadline } from '../../../util/deadline.ts';
import { scanPorts } from './scan-ports.ts';
import type { ScanOptions } from './scan.ts';
import { ScriptedGuest, type Script } from './testing/scripted-guest.ts';
import { scriptedQemu } from './testing/scripted-qemu.ts';

const QUICK: ScanOptions = { ports: Array.from({ length: 1000 }, (_, index) => index + 1), patienceMs: 100 };

async function scan(script: Script, options: ScanOptions = QUICK) {
  const { path, cleanup } = await dir({ unsafeCleanup: true });
  onTestFinished(() => cleanup());
  const qemu = scriptedQemu(path, new ScriptedGuest(script));
  const found = await scanPorts(qemu, Deadline.after(20_000, 'the scan'), options);
  expect([...qemu.devices]).toEqual([]);
  return found.map(({ family, transport, port, answer }) => `${family} ${transport} ${port} ${answer}`);
}

describe('a scan of all ports', () => {
  it('finds nothing where every port is closed', async () => {
    expect(await scan({})).toEqual([]);
  });

  it('finds the ports that accept connections', async () => {
    expect(await scan({ tcp: [22, 1000] })).toEqual([
      ...['IPv4 tcp 22 open', 'IPv4 tcp 1000 open'],
      ...['IPv6 tcp 22 open', 'IPv6 tcp 1000 open'],
    ]);
  });

  it('finds UDP ports that take what comes in silence', async () => {
    expect(await scan({ udp: [68] })).toEqual(['IPv4 udp 68 silent', 'IPv6 udp 68 silent']);
  });

  it('takes a dropped probe for no closed port', async () => {
    expect(await scan({ dropped: [500] })).toEqual([
      ...['IPv4 tcp 500 silent', 'IPv4 udp 500 silent'],
      ...['IPv6 tcp 500 silent', 'IPv6 udp 500 silent'],
    ]);
  });

  it("takes a firewall's refusal for no closed port", async () => {
    const ports = { ports: [67, 68], patienceMs: 50 };
    expect(await scan({ prohibits: true }, ports)).toEqual([
      ...['IPv4 udp 67 silent', 'IPv4 udp 68 silent'],
      ...['IPv6 udp 67 silent', 'IPv6 udp 68 silent'],
    ]);
  });

  it('asks again what got lost', async () => {
    expect(await scan({ loses: true, tcp: [80] })).toEqual(['IPv4 tcp 80 open', 'IPv6 tcp 80 open']);
  });

  it('says what it waits for where no guest answers', async () => {
    const { path, cleanup } = await dir({ unsafeCleanup: true });
    onTestFinished(() => cleanup());
    const mute = { answers: () => [] } as unknown as ScriptedGuest;
    const scanning = scanPorts(scriptedQemu(path, mute), Deadline.after(600, 'the scan'));
    await expect(scanning).rejects.toThrow('waiting for an IPv4 address of the guest');
  });
});
