import { expect, test } from 'vitest';

import { frameOf, lockPlace } from './frame.ts';

test.each([
  ['x86', ' my_read+0x18/0x60'],
  ['of a module', ' my_read+0x18/0x60 [my]'],
  ['with source', ' my_read+0x18/0x60 fs/my.c:12'],
  ['inlined', ' my_read fs/my.c:12 [inline]'],
  ['with an address', ' [<ffffffff81234567>] my_read+0x18/0x60'],
  ['behind a mark', ' <EOI>  [<ffffffff81234567>] my_read+0x18/0x60'],
  ['PowerPC', '[c000000001bb3710] [c0000000000286fc] my_read+0x18/0x60'],
  ['32-bit Arm', '[<801bb1f4>] (my_callee) from [<801bed58>] (my_read+0x18/0x60)'],
  ['newer 32-bit Arm', ' my_callee from my_read+0x18/0x60'],
  ['a part of it', ' my_read.part.0+0x18/0x60'],
  ['a cold part of a copy of it', ' my_read.constprop.0.cold+0x18/0x60'],
])('a frame, %s', (_what, line) => {
  expect(frameOf(line)).toEqual({ name: 'my_read' });
});

test.each([
  ['RIP: 0010:my_read+0x18/0x60', 'pointer'],
  ['RIP: 0010:[<ffffffff81234567>]  [<ffffffff81234567>] my_read+0x18/0x60', 'pointer'],
  ['IP: [<ffffffff81234567>] my_read+0x18/0x60', 'pointer'],
  ['pc : my_read+0x18/0x60', 'pointer'],
  ['PC is at my_read+0x18/0x60', 'pointer'],
  ['epc : my_read+0x18/0x60', 'pointer'],
  ['lr : my_read+0x18/0x60', 'link'],
  ['LR is at my_read+0x18/0x60', 'link'],
])('a register: %s', (line, register) => {
  expect(frameOf(line)).toEqual({ name: 'my_read', register });
});

test.each([
  ' ? my_read+0x18/0x60',
  '[c000000001bb3710] [c0000000000286fc] my_read+0x18/0x60 (unreliable)',
  'RIP: 0033:0x4512c9',
  'app: my_read+0x18/0x60',
  'Code: 00 00 0f 0b',
  '',
])('no frame that counts: "%s"', (line) => {
  expect(frameOf(line)).toBeUndefined();
});

test.each([
  ['ffff888012345678 (&x->lock){+.+.}-{3:3}, at: my_take+0x18/0x60', 'my_take'],
  [' (&x->lock){+.+.}, at: [<ffffffff81234567>] my_take+0x18/0x60', 'my_take'],
  ['app/77 is trying to acquire lock:', undefined],
])('the place of a lock: %s', (line, place) => {
  expect(lockPlace(line)).toBe(place);
});
