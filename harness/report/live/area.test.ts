import xterm from '@xterm/headless';
import { expect, test } from 'vitest';

import { LiveArea } from './area.ts';

const SIZE = { cols: 20, rows: 8 };

function terminal() {
  const screen = new xterm.Terminal({ ...SIZE, allowProposedApi: true, convertEol: true });
  const size = { columns: SIZE.cols, rows: SIZE.rows };
  const area = new LiveArea(
    (text) => {
      screen.write(text);
    },
    () => size,
  );
  const shown = async (): Promise<string> => {
    await new Promise<void>((resolve) => {
      screen.write('', resolve);
    });
    const { active } = screen.buffer;
    const lines = Array.from({ length: active.length }, (_, row) =>
      active.getLine(row)?.translateToString(true),
    );
    return lines.join('\n').trimEnd();
  };
  return { area, shown, size };
}

test('lines go by above what is drawn again', async () => {
  const { area, shown } = terminal();
  area.above('first\n');
  area.draw(['a 1', 'b 1']);
  area.draw(['a 2', 'b 2', 'c 2']);
  area.above('second\nthird\n');
  area.draw(['a 3']);
  expect(await shown()).toBe('first\nsecond\nthird\na 3');
  area[Symbol.dispose]();
  expect(await shown()).toBe('first\nsecond\nthird');
});

test('long lines and too many of them leave nothing behind', async () => {
  const { area, shown, size } = terminal();
  area.draw(['x'.repeat(50), 'ü'.repeat(20), ...Array.from({ length: 20 }, (_, index) => `row ${index}`)]);
  expect(await shown()).toBe(`${'x'.repeat(18)}…\n${'ü'.repeat(18)}…\nrow 0\nrow 1\nrow 2`);
  size.rows = 2;
  area.draw(['a', 'b']);
  expect(await shown()).toBe('');
  area.above('done\n');
  expect(await shown()).toBe('done');
});
