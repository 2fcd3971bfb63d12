import type { Health } from './health.ts';

/**
 * The same object, but every promise that a method returns (also one of a plain object that it holds, such as
 * `api.tx.commit`) is rejected as soon as the machine fails. Methods named by symbols stay as they are: an object must
 * be disposable after the failure.
 */
export function guardCalls<T extends object>(target: T, health: Health): T {
  return new Proxy(target, {
    get(_target, name): unknown {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value === 'function') {
        return (...args: unknown[]): unknown => {
          const result: unknown = Reflect.apply(value, target, args);
          return typeof name === 'string' && result instanceof Promise ? health.guard(result) : result;
        };
      }
      return isPlainObject(value) ? guardCalls(value, health) : value;
    },
  });
}

function isPlainObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
