/** A line about something that takes its time. */
export function tellProgress(text: string): void {
  process.stderr.write(`hotfire: ${text}\n`);
}
