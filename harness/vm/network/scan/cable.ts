import type { Socket } from 'node:net';

import { openSocket } from '../../../qemu/socket.ts';
import type { QmpClient } from '../../../qemu/qmp/client.ts';
import { Deadline } from '../../../util/deadline.ts';
import { Disposables } from '../../../util/disposables.ts';
import { Events } from '../../../util/events.ts';
import { decodeFrame, encodeFrame, type Frame } from './ethernet.ts';
import { FrameSplitter, joinFrames } from './frame-stream.ts';

/** The card's end of the network in QEMU's options; see harness/qemu/argv/network.ts. */
const NETDEV = 'net0';
const REMOVAL_MS = 5000;

/** A machine whose cable can be tapped. */
export interface WithCable {
  readonly qmp: Pick<QmpClient, 'execute'>;
  readonly directory: { file(name: string): string };
}

/**
 * A clamp on the cable of a machine's network card: it sees every frame that the guest sends, and sends frames to the
 * guest. What else is on the guest's network goes on. (Filters of a netdev: -object filter-mirror in qemu(1).)
 */
export class Cable implements AsyncDisposable {
  readonly events = new Events<{ frame: Frame }>();
  readonly #made = new Disposables();
  #toGuest: Socket | undefined;

  /** @throws {QmpCommandError} when the machine has no network card; {InfrastructureError} when QEMU makes no socket. */
  static async tap(machine: WithCable, deadline: Deadline): Promise<Cable> {
    const cable = new Cable();
    try {
      const [seen, sent] = [
        await cable.#attach(
          machine,
          'seen',
          { 'qom-type': 'filter-mirror', queue: 'rx' },
          'outdev',
          deadline,
        ),
        await cable.#attach(
          machine,
          'sent',
          { 'qom-type': 'filter-redirector', queue: 'tx' },
          'indev',
          deadline,
        ),
      ];
      const frames = new FrameSplitter();
      seen.on('data', (bytes: Buffer) => {
        for (const bytesOfFrame of frames.push(bytes)) {
          const frame = decodeFrame(bytesOfFrame);
          if (frame !== undefined) cable.events.emit('frame', frame);
        }
      });
      cable.#toGuest = sent;
      return cable;
    } catch (error) {
      await cable[Symbol.asyncDispose]();
      throw error;
    }
  }

  send(frames: readonly Frame[]): void {
    this.#toGuest?.write(joinFrames(frames.map(encodeFrame)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#made[Symbol.asyncDispose]();
  }

  async #attach(
    { qmp, directory }: WithCable,
    name: string,
    filter: Readonly<Record<string, string>>,
    end: 'indev' | 'outdev',
    deadline: Deadline,
  ): Promise<Socket> {
    const path = directory.file(`${name}.sock`);
    const id = `cable-${name}`;
    const undo = (command: string, object: string) => async (): Promise<void> => {
      const deadline = Deadline.after(REMOVAL_MS, 'the cable to be let go');
      // A machine that has ended has no cable, and its end is the better reason.
      await qmp.execute(command, { id: object }, deadline).catch(() => undefined);
    };
    const addr = { type: 'unix', data: { path } };
    const backend = { type: 'socket', data: { addr, server: true, wait: false } };
    await qmp.execute('chardev-add', { id, backend }, deadline);
    this.#made.defer(undo('chardev-remove', id));
    const socket = await openSocket(path, deadline);
    // Its 'close' is the machine's end, which has a reason of its own.
    socket.on('error', () => undefined);
    this.#made.defer(() => {
      socket.destroy();
    });
    await qmp.execute('object-add', { ...filter, id: `${id}-filter`, netdev: NETDEV, [end]: id }, deadline);
    this.#made.defer(undo('object-del', `${id}-filter`));
    return socket;
  }
}
