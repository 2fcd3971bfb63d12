import { Deadline } from '../../util/deadline.ts';
import type { Connections } from '../connections.ts';

/** A boot that goes on says something more often, also an emulated one on a busy host. */
const SILENT_MS = 5000;
const ANSWER_MS = 5000;
/** Longer than a watchdog waits. A machine without a bridge, which gives no sign that it has booted, is not sampled after that. */
const ENOUGH_MS = 120_000;
/** Two distinguish a CPU in a loop from one that has stopped. */
const SAMPLES = 2;

/**
 * Looks where a machine's CPUs are while it boots and says nothing: of a hang before the first line of a kernel there is
 * no other trace, and a reset by its watchdog takes also that away.
 */
export class StallWatch {
  readonly #qmp: Connections['qmp'];
  readonly #silentMs: number;
  readonly #offs: (() => void)[];
  #samples: string[] = [];
  #heardAtMs = performance.now();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    { console, bridge, qmp }: Pick<Connections, 'console' | 'bridge' | 'qmp'>,
    silentMs = SILENT_MS,
  ) {
    this.#qmp = qmp;
    this.#silentMs = silentMs;
    this.#offs = [
      console.events.on('line', () => {
        this.#heardAtMs = performance.now();
        this.#timer?.refresh();
      }),
      qmp.events.on('event', ({ name }) => {
        if (name === 'RESET') this.#listen();
      }),
      bridge.events.on('ready', () => {
        this.#samples = [];
        this.#rest();
      }),
    ];
    this.#listen();
  }

  /** Where its CPUs were when it was last silent; nothing once a boot has come as far as its bridge. */
  get samples(): readonly string[] {
    return this.#samples;
  }

  stop(): void {
    this.#rest();
    for (const off of this.#offs) off();
  }

  #listen(): void {
    this.#heardAtMs = performance.now();
    this.#rest();
    this.#timer = setInterval(() => void this.#look(), this.#silentMs).unref();
  }

  #rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #look(): Promise<void> {
    const silentMs = performance.now() - this.#heardAtMs;
    if (silentMs > ENOUGH_MS) return;
    try {
      const deadline = Deadline.after(ANSWER_MS, 'the registers');
      // QMP itself has no command for it.
      const text = await this.#qmp.execute(
        'human-monitor-command',
        { 'command-line': 'info registers -a' },
        deadline,
      );
      this.#samples = [
        ...this.#samples,
        `Silent for ${Math.round(silentMs / 1000)} s: ${whereCpusAre(String(text))}`,
      ].slice(-SAMPLES);
    } catch {
      // A QEMU that ends or hangs is reported elsewhere.
    }
  }
}

/** @param registers as the monitor's `info registers -a` prints them. */
export function whereCpusAre(registers: string): string {
  return registers
    .split(/^CPU#(?=\d)/m)
    .slice(1)
    .map((cpu) => {
      const address = /\b(?:[RE]IP|PC)=\s*([0-9a-f]+)/.exec(cpu)?.[1] ?? 'an unknown address';
      return `CPU ${Number.parseInt(cpu, 10)} at ${address}${cpu.includes('HLT=1') ? ' (halted)' : ''}`;
    })
    .join(', ');
}
