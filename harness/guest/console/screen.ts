import xterm from '@xterm/headless';

/** Wide enough for kernel messages, and no less than the 100x31 that UEFI firmware draws on. */
const SIZE = { cols: 132, rows: 43 };

/** What a terminal on the console would show now: for firmware menus and everything else that moves the cursor. */
export class Screen {
  readonly #terminal = new xterm.Terminal({ ...SIZE, scrollback: 0, allowProposedApi: true });

  write(bytes: Uint8Array): void {
    this.#terminal.write(bytes);
  }

  /** The rows as text, without blanks at their ends and empty rows below the last one used. */
  async text(): Promise<string> {
    await this.#drawn();
    const { active } = this.#terminal.buffer;
    const rows = Array.from({ length: SIZE.rows }, (_, row) =>
      active.getLine(active.baseY + row)?.translateToString(true),
    );
    return rows.join('\n').trimEnd();
  }

  dispose(): void {
    this.#terminal.dispose();
  }

  /** The terminal draws later than it is written to; it calls back in order. */
  #drawn(): Promise<void> {
    return new Promise((resolve) => {
      this.#terminal.write('', resolve);
    });
  }
}
