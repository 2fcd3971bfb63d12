/** "1.52 s": of times that are compared with each other. */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
