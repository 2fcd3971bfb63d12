import type { Deadline } from '../util/deadline.ts';
import { ImageError } from '../util/errors.ts';
import type { RequireCapabilities } from './boot-options.ts';
import type { Connections } from './connections.ts';
import { guardCalls } from './monitor/verdict/guard-calls.ts';
import type { Health } from './monitor/verdict/health.ts';

/**
 * The ways to talk to a machine that is on. They are guarded: their promises are rejected when the machine fails. Those
 * that not every image has say so when they are used.
 */
export class Reachable {
  readonly bridge: Connections['bridge'];
  readonly agent: Connections['agent'];
  readonly console: Connections['console'];
  readonly qmp: Connections['qmp'];
  readonly #api: Connections['api'];
  readonly #journal: Connections['journal'];
  readonly #cri: Connections['cri'];
  readonly #docker: Connections['docker'];
  readonly #require: RequireCapabilities;

  protected constructor(
    connections: Connections,
    health: Health,
    requireCapabilities: RequireCapabilities = () => undefined,
  ) {
    this.#require = requireCapabilities;
    this.bridge = guardCalls(connections.bridge, health);
    this.agent = guardCalls(connections.agent, health);
    this.console = guardCalls(connections.console, health);
    this.qmp = guardCalls(connections.qmp, health);
    this.#api = guardCalls(connections.api, health);
    this.#journal = guardCalls(connections.journal, health);
    this.#cri = guardCalls(connections.cri, health);
    this.#docker = guardCalls(connections.docker, health);
  }

  get api(): Connections['api'] {
    this.#require('host-api');
    return this.#api;
  }

  get journal(): Connections['journal'] {
    this.#require('journal-port');
    return this.#journal;
  }

  /** containerd, as Kubernetes talks to it. */
  get cri(): Connections['cri'] {
    this.#require('cri');
    return this.#cri;
  }

  /** The Docker Engine. */
  get docker(): Connections['docker'] {
    this.#require('docker');
    return this.#docker;
  }

  /** The kernel's own name of this boot. */
  async bootId(deadline?: Deadline): Promise<string> {
    const { boot_id: id } = await this.api.report.system({ deadline });
    if (id === null) throw new ImageError('The guest reports no boot_id in /report/system.');
    return id;
  }
}
