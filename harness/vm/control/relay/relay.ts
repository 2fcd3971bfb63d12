import { createServer, type Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';

import type { Bridge } from '../../../guest/bridge/bridge.ts';
import { Deadline } from '../../../util/deadline.ts';
import { listenPrivately } from '../listen.ts';

const READY_TIMEOUT_MS = 120_000;

/** What a relay leads to, by the names that bridges have for them. */
export type RelayedService = 'api' | 'cri' | 'docker';

/**
 * A unix socket that leads to a service of the guest, for tools of the host such as `curl --unix-socket`. A request that
 * comes too early waits for the guest.
 */
export class Relay implements Disposable {
  readonly path: string;
  readonly service: RelayedService;
  readonly #bridge: Bridge;
  readonly #server = createServer((client) => void this.#serve(client));
  readonly #clients = new Set<Socket>();

  private constructor(path: string, bridge: Bridge, service: RelayedService) {
    this.path = path;
    this.#bridge = bridge;
    this.service = service;
  }

  static async listen(path: string, bridge: Bridge, service: RelayedService): Promise<Relay> {
    const relay = new Relay(path, bridge, service);
    await listenPrivately(relay.#server, path);
    return relay;
  }

  async #serve(client: Socket): Promise<void> {
    this.#clients.add(client);
    try {
      await this.#bridge.ready(Deadline.after(READY_TIMEOUT_MS, "the guest's bridge"));
      const guest = this.#bridge.open(this.service);
      await Promise.all([pipeline(client, guest), pipeline(guest, client)]);
    } catch {
      // Either side ended in mid-request, or the guest never came: a person sees a closed connection.
      client.destroy();
    } finally {
      this.#clients.delete(client);
    }
  }

  [Symbol.dispose](): void {
    this.#server.close();
    for (const client of this.#clients) client.destroy();
  }
}
