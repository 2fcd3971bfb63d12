import { UsageError } from '../../util/errors.ts';

export type OptionValue = string | number | boolean | undefined;

/**
 * One value of a QEMU option: `head,key=value,…`. QEMU takes a comma as the end of a value unless it is doubled;
 * undefined values are left out, booleans are written on and off.
 *
 * @throws {UsageError} for a value with a zero byte, which no argument can carry.
 */
export function optionString(head: string, properties: Readonly<Record<string, OptionValue>> = {}): string {
  const pairs = Object.entries(properties).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${text(value)}`],
  );
  return [escape(head), ...pairs].filter((part) => part !== '').join(',');
}

function text(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return escape(String(value));
}

function escape(value: string): string {
  if (value.includes('\0')) {
    throw new UsageError(`The value ${JSON.stringify(value)} holds a zero byte; QEMU can't be given one.`);
  }
  return value.replaceAll(',', ',,');
}
