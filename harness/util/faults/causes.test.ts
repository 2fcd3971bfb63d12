import { describe, expect, it } from 'vitest';

import { causesOf } from './causes.ts';
import { EXIT_CODES, ImageError, InfrastructureError, messageOf, UsageError } from '../errors.ts';
import { exitCodeOf, isHostFault } from './host-fault.ts';

const ENOSPC = { code: 'ENOSPC', errno: -28, syscall: 'write' };
const full = Object.assign(new Error('ENOSPC: no space left on device, write'), ENOSPC);

function selfCaused(): Error {
  const error = new Error('again');
  error.cause = error;
  return error;
}

describe('causesOf', () => {
  it('gives causes and members, the nearest first', () => {
    const [a, b, c] = [new Error('a'), new Error('b'), new Error('c')];
    const error = new AggregateError([a, b], 'all', { cause: c });
    a.cause = full;
    expect([...causesOf(error)]).toEqual([error, c, a, b, full]);
  });

  it('ends for circles, of causes and of members', () => {
    const aggregate = new AggregateError([], 'all');
    aggregate.errors.push(aggregate, selfCaused());
    expect([...causesOf(aggregate)]).toHaveLength(2);
  });

  it('ends for a chain that has no end', () => {
    class Endless {
      get cause(): Endless {
        return new Endless();
      }
    }
    expect([...causesOf(new Endless())]).toHaveLength(1000);
  });

  it('passes over what throws when it is read', () => {
    const hostile = {
      get cause(): never {
        throw new Error('no');
      },
    };
    expect([...causesOf(hostile)]).toEqual([hostile]);
  });
});

describe('messageOf', () => {
  it.each([
    [new Error('broken'), 'broken'],
    ['text', 'text'],
    [{ message: 'from a worker' }, 'from a worker'],
    [Object.create(null), '[Object: null prototype] {}'],
    [{ toString: null, value: 1 }, '{ toString: null, value: 1 }'],
    [Symbol('x'), 'Symbol(x)'],
    [null, 'null'],
    [undefined, 'undefined'],
  ])('of %j is %s', (value, message) => {
    expect(messageOf(value)).toBe(message);
  });
});

describe('the exit code', () => {
  it.each([
    ['a full disk', full, EXIT_CODES.infrastructure],
    [
      'a full disk, deep down',
      new Error('x', { cause: new AggregateError([full]) }),
      EXIT_CODES.infrastructure,
    ],
    ['a host fault', new InfrastructureError('x'), EXIT_CODES.infrastructure],
    ['wrong use that a full disk caused', new UsageError('x', { cause: full }), EXIT_CODES.wrongUse],
    ['an error with itself as cause', selfCaused(), EXIT_CODES.testFailed],
    ['a file that is missing', { ...ENOSPC, code: 'ENOENT' }, EXIT_CODES.testFailed],
    ['what only looks like a system error', { code: 'ENOSPC' }, EXIT_CODES.testFailed],
    ['no error at all', null, EXIT_CODES.testFailed],
  ])('of %s', (_what, error, code) => {
    expect(exitCodeOf(error)).toBe(code);
  });

  it('of an image error is 1, though the host caused it', () => {
    const error = new ImageError('x', { cause: new InfrastructureError('y') });
    expect(exitCodeOf(error)).toBe(EXIT_CODES.testFailed);
    expect(isHostFault(error)).toBe(true);
  });
});
