import { createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { z } from 'zod';

import { Deadline } from '../../util/deadline.ts';
import { EXIT_CODES, messageOf } from '../../util/errors.ts';
import { exitCodeOf } from '../../util/faults/host-fault.ts';
import { readLine } from './line.ts';
import { listenPrivately } from './listen.ts';
import {
  MAX_ANSWER_BYTES,
  MAX_REQUEST_BYTES,
  parseRequest,
  type Answered,
  type ControlAnswer,
  type ControlRequest,
  type Operation,
  type RequestOf,
} from './protocol.ts';

const REQUEST_MS = 10_000;
const MAX_CLIENTS = 16;
/** For the answer to what ends the machine, which comes when it has ended. */
const LAST_ANSWER_MS = 2000;

export type Operations = {
  readonly [Op in Operation]: (request: RequestOf<Op>) => Promise<Answered<Op>>;
};

/** Takes requests about one machine at a unix socket: one for each connection, with one answer. */
export class ControlServer implements AsyncDisposable {
  readonly #operations: Operations;
  readonly #server = createServer((client) => void this.#serve(client));
  readonly #clients = new Set<Socket>();
  /** Those whose request is being done. */
  readonly #answering = new Set<Promise<void>>();

  private constructor(operations: Operations) {
    this.#operations = operations;
    this.#server.maxConnections = MAX_CLIENTS;
  }

  static async listen(path: string, operations: Operations): Promise<ControlServer> {
    const server = new ControlServer(operations);
    await listenPrivately(server.#server, path);
    return server;
  }

  async #serve(client: Socket): Promise<void> {
    this.#clients.add(client);
    // The peer is gone, and needs no answer.
    client.on('error', () => undefined);
    client.on('close', () => this.#clients.delete(client));
    try {
      const line = await readLine(client, MAX_REQUEST_BYTES, Deadline.after(REQUEST_MS, 'a request'));
      if (line !== undefined) await this.#operate(client, line);
    } catch (error) {
      client.end(encode(refusal(error, EXIT_CODES.wrongUse)));
    } finally {
      client.destroySoon();
    }
  }

  async #operate(client: Socket, line: string): Promise<void> {
    const answered = this.#answer(line).then(
      (answer) =>
        new Promise<void>((resolve) => {
          client.once('close', resolve);
          client.end(encode(answer), resolve);
        }),
    );
    this.#answering.add(answered);
    await answered.finally(() => this.#answering.delete(answered));
  }

  async #answer(line: string): Promise<ControlAnswer> {
    let request: ControlRequest;
    try {
      request = parseRequest(line);
    } catch (error) {
      const reason = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
      return { ok: false, message: `This is no request: ${reason}`, exitCode: EXIT_CODES.wrongUse };
    }
    try {
      const operate = this.#operations[request.op] as (request: ControlRequest) => Promise<unknown>;
      return { ok: true, result: await operate(request) };
    } catch (error) {
      return refusal(error, exitCodeOf(error));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    const lastAnswers = Promise.allSettled(this.#answering);
    await Promise.race([lastAnswers, sleep(LAST_ANSWER_MS, undefined, { ref: false })]);
    for (const client of this.#clients) client.destroy();
  }
}

function refusal(error: unknown, exitCode: number): ControlAnswer {
  return { ok: false, message: messageOf(error), exitCode };
}

function encode(answer: ControlAnswer): string {
  const line = JSON.stringify(answer);
  if (Buffer.byteLength(line) < MAX_ANSWER_BYTES) return `${line}\n`;
  const message = `The answer is longer than the ${MAX_ANSWER_BYTES} bytes that can be handed on.`;
  return `${JSON.stringify({ ok: false, message, exitCode: EXIT_CODES.testFailed })}\n`;
}
