export interface StartOptions {
  /** Aborting it kills the machine; every wait for it then ends with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Told when there is no room on the host for the machine yet. */
  readonly notice?: (text: string) => void;
}

export interface BootOptions extends StartOptions {
  /** From power-on until it is ready. Default: 180 000. */
  readonly timeoutMs?: number;
}
