import { expect, it } from 'vitest';

import { probe } from './probe.ts';

// RFC 8200, section 8.1: a host drops a UDP packet with a checksum of zero, and one in 65536 has that sum.
it('sends no datagram without a checksum', () => {
  const ends = { source: Buffer.alloc(16, 1), destination: Buffer.alloc(16, 2) };
  const sums = new Set<number>();
  for (let port = 1; port <= 65_535; port += 1) sums.add(probe('udp', port, ends).payload.readUInt16BE(6));
  expect(sums).not.toContain(0);
  expect(sums).toContain(0xffff);
});
