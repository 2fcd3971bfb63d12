import { describe, expect, it } from 'vitest';

import type { Architecture } from '../../util/architecture.ts';
import { buildArgv } from './build.ts';
import type { QemuOptions } from './options.ts';

const bare: QemuOptions = {
  name: 'boot-1',
  uuid: '2f5a3b1c-7f0e-4a55-9a0e-8d3f6f0a9b11',
  arch: 'x86_64',
  accelerator: 'tcg',
  cpus: 2,
  memoryMiB: 1024,
  disks: [],
  qmpSocket: '/run/vm/qmp',
  consoleLog: '/run/vm/console.raw',
};

function full(arch: Architecture): QemuOptions {
  return {
    ...bare,
    arch,
    firmware: { code: '/fw/CODE.fd', vars: '/run/vm/vars.fd', format: 'raw', requiresSmm: false },
    disks: [
      { id: 'os', source: { file: '/run/vm/os.qcow2', format: 'qcow2' }, bootIndex: 0 },
      { id: 'data', source: { file: '/images/data, old.img', format: 'raw' }, readOnly: true },
    ],
    cdRom: '/run/vm/user-data.iso',
    fwCfg: [{ name: 'opt/sparkler/user-data', file: '/run/vm/user-data' }],
    smbiosOemStrings: [{ path: '/run/vm/a,b' }, { path: '/run/vm/c' }],
    smbiosSystem: { serial: 'ds=nocloud;s=a,b' },
    network: {
      forwards: [{ hostPort: 45000, guestPort: 80 }],
      services: [{ address: '10.0.2.100', port: 80, command: ['/bin/relay', '/run/vm/a,b.sock'] }],
    },
    consolePipe: '/run/vm/console',
    bridgeSocket: '/run/vm/bridge',
    journalSocket: '/run/vm/journal',
    agentSocket: '/run/vm/agent',
    startPaused: true,
  };
}

/** One option a line, as a person reads a command. */
function lines(options: QemuOptions): string[] {
  return buildArgv(options)
    .join(' ')
    .split(/ (?=-[a-z_]+\b)/i);
}

describe('the command line', () => {
  it('has link-local services on a card of their own, before the other', () => {
    const services = [
      { address: '10.0.2.100', port: 80, command: ['/bin/relay', 'files'] },
      { address: '169.254.169.254', port: 80, command: ['/bin/relay', 'imds'] },
    ] as const;
    const cards = lines({ ...bare, network: { forwards: [], services } }).filter((line) => /net/.test(line));
    expect(cards).toEqual([
      '-netdev user,id=link-local,restrict=on,ipv6=off,net=169.254.0.0/16,guestfwd=tcp:169.254.169.254:80-cmd:/bin/relay imds',
      '-device virtio-net-pci,netdev=link-local,romfile=',
      '-netdev user,id=net0,restrict=on,ipv6=off,guestfwd=tcp:10.0.2.100:80-cmd:/bin/relay files',
      '-device virtio-net-pci,netdev=net0,romfile=',
    ]);
  });

  it('lets a debugger in by a unix socket only', () => {
    expect(lines({ ...bare, gdbSocket: '/run/a,b/gdb.sock' })).toEqual(
      expect.arrayContaining([
        '-chardev socket,id=gdb,path=/run/a,,b/gdb.sock,server=on,wait=off',
        '-gdb chardev:gdb',
      ]),
    );
  });

  it('has a graphics card on demand only', () => {
    expect(lines({ ...bare, display: true })).toContain('-device virtio-gpu-pci');
    expect(lines(bare)).not.toContain('-device virtio-gpu-pci');
  });

  it('leaves cache and flushes of a served disk to its server', () => {
    const source = { format: 'nbd', socket: '/run/a,b/nbd.sock', exportName: 'disk1' } as const;
    expect(lines({ ...bare, disks: [{ id: 'hd0', source, bootIndex: 1 }] })).toEqual(
      expect.arrayContaining([
        '-blockdev driver=nbd,node-name=disk-hd0,read-only=off,discard=unmap,server.type=unix,server.path=/run/a,,b/nbd.sock,export=disk1',
        '-device virtio-blk-pci,id=dev-hd0,drive=disk-hd0,serial=hd0,bootindex=1,write-cache=on,werror=report,rerror=report',
      ]),
    );
  });

  it('gives a disk of 4096-byte sectors both block sizes', () => {
    const disk = { id: 'hd0', source: { file: '/disk.qcow2', format: 'qcow2' }, sectorBytes: 4096 } as const;
    expect(lines({ ...bare, disks: [disk] })).toContain(
      '-device virtio-blk-pci,id=dev-hd0,drive=disk-hd0,serial=hd0,logical_block_size=4096,physical_block_size=4096,write-cache=on,werror=report,rerror=report',
    );
  });

  it('of a full x86_64 machine', () => {
    expect(lines(full('x86_64'))).toMatchInlineSnapshot(`
      [
        "-name guest=boot-1",
        "-uuid 2f5a3b1c-7f0e-4a55-9a0e-8d3f6f0a9b11",
        "-no-user-config",
        "-nodefaults",
        "-display none",
        "-machine q35,smm=off,vmport=off,dump-guest-core=off,memory-backend=ram,pflash0=firmware-code,pflash1=firmware-vars",
        "-blockdev driver=raw,node-name=firmware-code,read-only=on,file.driver=file,file.filename=/fw/CODE.fd",
        "-blockdev driver=raw,node-name=firmware-vars,read-only=off,discard=unmap,cache.no-flush=on,file.driver=file,file.filename=/run/vm/vars.fd",
        "-accel tcg,thread=multi,tb-size=256",
        "-cpu Nehalem,vendor=AuthenticAMD",
        "-smp 2",
        "-m 1024M",
        "-object memory-backend-ram,id=ram,size=1024M",
        "-rtc base=utc",
        "-blockdev driver=qcow2,node-name=disk-os,read-only=off,discard=unmap,cache.no-flush=on,file.driver=file,file.filename=/run/vm/os.qcow2",
        "-device virtio-blk-pci,id=dev-os,drive=disk-os,serial=os,bootindex=0,write-cache=on,werror=report,rerror=report",
        "-blockdev driver=raw,node-name=disk-data,read-only=on,file.driver=file,file.filename=/images/data,, old.img",
        "-device virtio-blk-pci,id=dev-data,drive=disk-data,serial=data,write-cache=on,werror=report,rerror=report",
        "-blockdev driver=raw,node-name=cd-rom,read-only=on,file.driver=file,file.filename=/run/vm/user-data.iso",
        "-device virtio-scsi-pci,id=scsi",
        "-device scsi-cd,bus=scsi.0,drive=cd-rom",
        "-fw_cfg name=opt/sparkler/user-data,file=/run/vm/user-data",
        "-smbios type=1,serial=ds=nocloud;s=a,,b",
        "-smbios type=11,path=/run/vm/a,,b",
        "-smbios type=11,path=/run/vm/c",
        "-netdev user,id=net0,restrict=on,ipv6=off,hostfwd=tcp:127.0.0.1:45000-:80,guestfwd=tcp:10.0.2.100:80-cmd:/bin/relay /run/vm/a,,b.sock",
        "-device virtio-net-pci,netdev=net0,romfile=",
        "-device virtio-rng-pci",
        "-device pvpanic-pci",
        "-device i6300esb",
        "-action panic=none,watchdog=reset",
        "-chardev socket,id=qmp,path=/run/vm/qmp,server=on,wait=off",
        "-mon chardev=qmp,mode=control",
        "-chardev pipe,id=console,path=/run/vm/console,logfile=/run/vm/console.raw,logappend=on",
        "-serial chardev:console",
        "-device virtio-serial-pci",
        "-chardev socket,id=bridge,path=/run/vm/bridge,server=on,wait=off",
        "-device virtserialport,chardev=bridge,name=hotfire.bridge",
        "-chardev socket,id=journal,path=/run/vm/journal,server=on,wait=off",
        "-device virtserialport,chardev=journal,name=hotfire.journal",
        "-chardev socket,id=agent,path=/run/vm/agent,server=on,wait=off",
        "-device virtserialport,chardev=agent,name=org.qemu.guest_agent.0",
        "-S",
      ]
    `);
  });

  it('of an aarch64 machine differs in nothing but the machine', () => {
    const [x86, arm] = [lines(full('x86_64')), lines(full('aarch64'))];
    expect({
      gone: x86.filter((line) => !arm.includes(line)),
      come: arm.filter((line) => !x86.includes(line)),
    }).toMatchInlineSnapshot(`
      {
        "come": [
          "-machine virt,gic-version=3,dump-guest-core=off,memory-backend=ram,pflash0=firmware-code,pflash1=firmware-vars",
          "-cpu max,pauth-impdef=on",
          "-boot menu=on,splash-time=0",
        ],
        "gone": [
          "-machine q35,smm=off,vmport=off,dump-guest-core=off,memory-backend=ram,pflash0=firmware-code,pflash1=firmware-vars",
          "-cpu Nehalem,vendor=AuthenticAMD",
        ],
      }
    `);
  });

  it('of a bare machine', () => {
    expect(lines(bare)).toMatchInlineSnapshot(`
      [
        "-name guest=boot-1",
        "-uuid 2f5a3b1c-7f0e-4a55-9a0e-8d3f6f0a9b11",
        "-no-user-config",
        "-nodefaults",
        "-display none",
        "-sandbox on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny",
        "-machine q35,smm=off,vmport=off,dump-guest-core=off,memory-backend=ram",
        "-accel tcg,thread=multi,tb-size=256",
        "-cpu Nehalem,vendor=AuthenticAMD",
        "-smp 2",
        "-m 1024M",
        "-object memory-backend-ram,id=ram,size=1024M",
        "-rtc base=utc",
        "-device virtio-rng-pci",
        "-device pvpanic-pci",
        "-device i6300esb",
        "-action panic=none,watchdog=reset",
        "-chardev socket,id=qmp,path=/run/vm/qmp,server=on,wait=off",
        "-mon chardev=qmp,mode=control",
        "-chardev file,id=console,path=/run/vm/console.raw,append=on",
        "-serial chardev:console",
      ]
    `);
  });
});

describe('an x86_64 machine', () => {
  it('has system management mode and a guarded variable store for Secure Boot only', () => {
    const firmware = {
      code: '/fw/CODE.fd',
      vars: '/run/vm/vars.fd',
      format: 'raw',
      requiresSmm: true,
    } as const;
    const secure = lines({ ...bare, firmware });
    expect(secure).toContainEqual(expect.stringContaining('q35,smm=on'));
    expect(secure).toContain('-global driver=cfi.pflash01,property=secure,value=on');
    expect(lines(bare).join(' ')).not.toContain('cfi.pflash01');
  });
});

describe.each(['x86_64', 'aarch64'] as const)('on %s', (arch) => {
  it("KVM means the host's own CPU", () => {
    const kvm = lines({ ...bare, arch, accelerator: 'kvm' });
    expect(kvm).toContain('-accel kvm');
    expect(kvm).toContain('-cpu host');
  });

  it('a single CPU is emulated as one of several, with its memory barriers', () => {
    expect(lines({ ...bare, arch, cpus: 1 })).toContain('-smp 1,maxcpus=2');
    expect(lines({ ...bare, arch, cpus: 1, accelerator: 'kvm' })).toContain('-smp 1');
  });

  it('a kernel can be started without a disk', () => {
    const directKernel = { kernel: '/k/bzImage', initrd: '/k/init.cpio', commandLine: 'console=ttyS0 quiet' };
    expect(lines({ ...bare, arch, directKernel })).toEqual(
      expect.arrayContaining(['-kernel /k/bzImage', '-initrd /k/init.cpio', '-append console=ttyS0 quiet']),
    );
  });
});
