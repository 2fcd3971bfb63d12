import { describe, expect, it } from 'vitest';

import { ImageError, InfrastructureError } from '../util/errors.ts';
import { exitFailure, type QemuExit } from './failure.ts';

const exit = (more: Partial<QemuExit>): QemuExit => ({
  code: undefined,
  signal: undefined,
  intended: false,
  stderrTail: '',
  ...more,
});

describe('why QEMU ended', () => {
  // All but the full disk as QEMU 7.2 printed them when the thing was done to it.
  it.each([
    ["-netdev user,id=n: Could not set up host forwarding rule 'tcp:127.0.0.1:45973-:80'", /holds that port/],
    [
      "qemu-system-x86_64: cannot set up guest memory 'pc.ram': Cannot allocate memory",
      /too little free memory/,
    ],
    ['allocate 1073741824 bytes for jit buffer: Cannot allocate memory', /too little free memory/],
    ['Could not write: No space left on device', /free some space/],
    [
      '-blockdev: Failed to get "write" lock\nIs another process using the image [l.qcow2]?',
      /Another QEMU uses/,
    ],
    ["UNIX socket path '/tmp/xx' is too long\nPath must be less than 108 bytes", /shorter path/],
    ["-device vmgenid: 'vmgenid' is not a valid device model name", /distribution's own package/],
    ["Property 'pc-q35-7.2-machine.vmport' not found", /distribution's own package/],
    ["-action foo=1: Invalid parameter 'foo'", /distribution's own package/],
  ])('%s', (stderrTail, hint) => {
    const error = exitFailure(exit({ code: 1, stderrTail }), 'before its QMP answered');
    expect(error).toBeInstanceOf(InfrastructureError);
    expect(error.hint).toMatch(hint);
    expect(error.message).toContain(
      `QEMU ended with code 1 before its QMP answered.\nQEMU said:\n${stderrTail}`,
    );
  });

  it('a SIGKILL that was not ours points to the memory of the host', () => {
    const error = exitFailure(exit({ signal: 'SIGKILL' }), 'while the guest booted');
    expect(error).toBeInstanceOf(InfrastructureError);
    expect(error.message).toMatch(/from outside while the guest booted[^]*ran out of memory/);
  });

  it('a SIGKILL of our own does not', () => {
    const error = exitFailure(exit({ signal: 'SIGKILL', intended: true }), 'while the guest booted');
    expect(error.message).not.toMatch(/memory/);
  });

  it('a crash of QEMU is the host side, a machine that switches itself off the image', () => {
    expect(exitFailure(exit({ signal: 'SIGABRT' }), 'early')).toBeInstanceOf(InfrastructureError);
    expect(exitFailure(exit({ code: 0 }), 'early')).toBeInstanceOf(ImageError);
  });
});
