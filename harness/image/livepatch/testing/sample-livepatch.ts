import type { Livepatch } from '../open.ts';

const SIGNATURE = Buffer.from('signature');

function signed(module: Buffer): Buffer {
  const trailer = Buffer.alloc(12);
  trailer.writeUInt32BE(SIGNATURE.length, 8);
  return Buffer.concat([module, SIGNATURE, trailer, Buffer.from('~Module signature appended~\n')]);
}

export const SAMPLE_MODULE = Buffer.from('the code of a module');

/** A live patch in form, whose code and signature are a few bytes. */
export const SAMPLE_LIVEPATCH: Livepatch = {
  metadata: {
    ...{ format: 1, name: 'my-patch', module: 'my_patch', title: 't', description: 'd', arch: 'x86_64' },
    ...{ kernel_release: '7.3.4-sparkler', kernel_build_id: '0123456789abcdef0123456789abcdef01234567' },
    ...{ replaces: 'none', functions: ['version_proc_show'], reference: 'CVE-2011-4915' },
  },
  content: signed(SAMPLE_MODULE),
};
