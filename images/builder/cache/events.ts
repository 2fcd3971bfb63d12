/** What a build reports about itself; progress lines and JSON are made from these. */
export interface BuildEvents {
  /** The kinds of steps that the build has, in order, as far as their duration is known. */
  readonly ahead: { readonly steps: readonly string[] };
  readonly cached: { readonly step: string };
  readonly started: { readonly step: string; readonly log: string };
  readonly note: { readonly step: string; readonly text: string };
  readonly ended: { readonly step: string; readonly elapsedMs: number; readonly failed: boolean };
}
