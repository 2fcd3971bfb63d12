import { describe, expect, it } from 'vitest';

import { buildArgv } from './build.ts';
import type { QemuOptions } from './options.ts';

const machine: QemuOptions = {
  ...{ name: 'fork-1', uuid: '2f5a3b1c-7f0e-4a55-9a0e-8d3f6f0a9b11' },
  ...{ arch: 'x86_64', accelerator: 'tcg', cpus: 1, memoryMiB: 512, disks: [] },
  ...{ qmpSocket: '/vm/qmp', consoleLog: '/vm/console.raw' },
};

/** What follows each of an option's occurrences. */
function valuesOf(option: string, options: QemuOptions): (string | undefined)[] {
  const argv = buildArgv(options);
  return argv.flatMap((argument, index) => (argument === option ? [argv[index + 1]] : []));
}

function memoryOf(writes: 'to-file' | 'private'): (string | undefined)[] {
  return valuesOf('-object', { ...machine, memoryFile: { path: '/t/a,b.ram', writes } });
}

describe('memory in a file', () => {
  it('is written to it by the machine that is saved', () => {
    expect(memoryOf('to-file')).toEqual([
      'memory-backend-file,id=ram,size=512M,mem-path=/t/a,,b.ram,share=on',
    ]);
  });

  it('is never written by a fork, whose pages are its own', () => {
    expect(memoryOf('private')).toEqual([
      'memory-backend-file,id=ram,size=512M,mem-path=/t/a,,b.ram,share=off',
    ]);
  });

  it('has the name under which a saved state looks for it, as without a file', () => {
    expect(valuesOf('-object', machine)).toEqual(['memory-backend-ram,id=ram,size=512M']);
    expect(valuesOf('-machine', machine)[0]).toMatch(/,memory-backend=ram$/);
  });
});

describe('a saved state', () => {
  it('is waited for by a fork, which runs nothing before', () => {
    expect(buildArgv({ ...machine, awaitsState: true }).slice(-2)).toEqual(['-incoming', 'defer']);
  });

  it('is not waited for by a machine that boots', () => {
    for (const awaitsState of [undefined, false]) {
      const options = { ...machine, ...(awaitsState !== undefined && { awaitsState }) };
      expect(buildArgv(options)).not.toContain('-incoming');
      expect(buildArgv(options)).not.toContain('-S');
    }
    expect(buildArgv({ ...machine, startPaused: false })).not.toContain('-S');
  });
});

describe('the sandbox', () => {
  const network = (services: NonNullable<QemuOptions['network']>['services']): QemuOptions => ({
    ...machine,
    network: { forwards: [{ hostPort: 1024, guestPort: 80 }], services },
  });
  const SANDBOX = 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny';

  it('keeps a machine and a fork from starting programs', () => {
    for (const options of [machine, { ...machine, awaitsState: true }, network([])]) {
      expect(valuesOf('-sandbox', options)).toEqual([SANDBOX]);
    }
  });

  it('is left out only for a service, for which QEMU starts a program', () => {
    const service = { address: '10.0.2.100', port: 80, command: ['/bin/relay'] } as const;
    expect(valuesOf('-sandbox', network([service]))).toEqual([]);
  });
});

describe('a network card', () => {
  it('leads to nothing but its forwards on loopback', () => {
    const forwards = [
      { hostPort: 1024, guestPort: 80 },
      { hostPort: 1025, guestPort: 443 },
    ];
    expect(valuesOf('-netdev', { ...machine, network: { forwards, services: [] } })).toEqual([
      'user,id=net0,restrict=on,ipv6=off,hostfwd=tcp:127.0.0.1:1024-:80,hostfwd=tcp:127.0.0.1:1025-:443',
    ]);
    expect(valuesOf('-netdev', { ...machine, network: { forwards: [], services: [] } })).toEqual([
      'user,id=net0,restrict=on,ipv6=off',
    ]);
  });
});

describe('a machine with Secure Boot', () => {
  it('protects its variable store and can not be suspended', () => {
    const firmware = { code: '/c', vars: '/v', format: 'raw', requiresSmm: true } as const;
    expect(valuesOf('-global', { ...machine, firmware })).toEqual([
      'driver=cfi.pflash01,property=secure,value=on',
      'ICH9-LPC.disable_s3=1',
    ]);
  });
});

describe('other options', () => {
  it('a second monitor for a person', () => {
    const monitors = valuesOf('-mon', { ...machine, spareQmpSocket: '/vm/spare' });
    expect(monitors).toEqual(['chardev=qmp,mode=control', 'chardev=spare-qmp,mode=control']);
    expect(valuesOf('-chardev', { ...machine, spareQmpSocket: '/vm/spare' })).toContain(
      'socket,id=spare-qmp,path=/vm/spare,server=on,wait=off',
    );
  });

  it('a kernel without an initial file system', () => {
    const argv = buildArgv({ ...machine, directKernel: { kernel: '/k', commandLine: 'quiet' } });
    expect(argv.slice(argv.indexOf('-kernel')).slice(0, 4)).toEqual(['-kernel', '/k', '-append', 'quiet']);
  });

  it('one port of three', () => {
    const argv = buildArgv({ ...machine, journalSocket: '/vm/journal' }).join(' ');
    expect(argv).toContain('-device virtio-serial-pci -chardev socket,id=journal,');
    expect(argv.match(/virtserialport/g)).toHaveLength(1);
  });

  it('a served disk that is only read', () => {
    const source = { format: 'nbd', socket: '/s', exportName: 'd' } as const;
    expect(valuesOf('-blockdev', { ...machine, disks: [{ id: 'hd0', source, readOnly: true }] })).toEqual([
      'driver=nbd,node-name=disk-hd0,read-only=on,server.type=unix,server.path=/s,export=d',
    ]);
  });

  it("the host's interrupt controller for KVM on aarch64", () => {
    const options = { ...machine, arch: 'aarch64', accelerator: 'kvm' } as const;
    expect(valuesOf('-machine', options)[0]).toMatch(/^virt,gic-version=host,/);
    expect(valuesOf('-smp', { ...options, cpus: 2 })).toEqual(['2']);
  });
});
