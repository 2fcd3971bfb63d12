import type { Command } from './command.ts';

/** The text of --help: how to call it, what it does, each flag on a line of its own. */
export function helpText(command: Command): string {
  const entries = Object.entries(command.flags).map<readonly [string, string]>(([name, flag]) => [
    `--${name}${flag.value === undefined ? '' : ` ${flag.value}`}`,
    flag.help,
  ]);
  if (command.positionals !== undefined) {
    entries.unshift([command.positionals.value, command.positionals.help]);
  }
  entries.push(['--help', 'Prints this.']);
  const width = Math.max(...entries.map(([left]) => left.length));
  const lines = entries.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
  return [command.summary, '', `Usage: ${command.usage}`, '', ...lines, ''].join('\n');
}
