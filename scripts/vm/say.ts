/** With a carriage return, since the terminal may be in raw mode. */
export function say(line: string): void {
  process.stderr.write(`hotfire: ${line}\r\n`);
}
