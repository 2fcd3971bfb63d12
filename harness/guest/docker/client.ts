import { z } from 'zod';

import type { Deadlines } from '../../qemu/deadlines.ts';
import type { Deadline } from '../../util/deadline.ts';
import type { Bridge } from '../bridge/bridge.ts';
import { GuestApiError, GuestApiShapeError } from '../http/errors.ts';
import { ApiTransport, type ApiRequest, type ApiResponse } from '../http/transport.ts';
import { createBody, type DockerContainerOptions } from './config.ts';
import { DockerPullError } from './errors.ts';
import { splitOutput, type Output } from './output.ts';
import * as schemas from './schemas.ts';

/** Docker 25 brought it, and no Engine has dropped it yet. */
const API = '/v1.44';
/** Enough under KVM on the reference host; see `Deadlines` for what is made of them. */
const CALL_MS = 10_000;
const PULL_MS = 60_000;
const START_MS = 30_000;
const EXIT_MS = 60_000;
const GRACE_SECONDS = 10;

export interface DockerCallOptions {
  /** Default: one of the method's own. */
  readonly deadline?: Deadline | undefined;
}

type Call = Omit<ApiRequest, 'deadline'>;

/**
 * The Docker Engine's API of one machine. Every method throws `GuestApiError` for an answer that is no success,
 * `GuestApiShapeError` for one of another shape, `GuestConnectionError` when none comes, and `WaitTimeoutError` at its
 * deadline; the next call waits for the guest to be back. Containers are named by id or name.
 */
export class DockerClient implements AsyncDisposable {
  readonly #transport: ApiTransport;
  readonly #deadlines: Deadlines;

  constructor(bridge: Bridge, deadlines: Deadlines) {
    this.#transport = new ApiTransport(bridge, 'docker');
    this.#deadlines = deadlines;
  }

  async ping(options: DockerCallOptions = {}): Promise<void> {
    await this.#succeed({ method: 'GET', path: '/_ping' }, options);
  }

  async version(options: DockerCallOptions = {}): Promise<{ version: string; apiVersion: string }> {
    const answer = await this.#fetch(schemas.versionSchema, { method: 'GET', path: '/version' }, options);
    return { version: answer.Version, apiVersion: answer.ApiVersion };
  }

  /** @throws {DockerPullError} when it fails after it has begun. */
  async pull(image: string, options: DockerCallOptions = {}): Promise<void> {
    const call: Call = { method: 'POST', path: '/images/create', query: { fromImage: image } };
    const { text } = await this.#succeed(call, options, PULL_MS);
    for (const line of text.split('\n').filter((one) => one.trim() !== '')) {
      const { error } = parse(
        schemas.progressSchema,
        () => JSON.parse(line) as unknown,
        `the pull of ${image}`,
      );
      if (error !== undefined) throw new DockerPullError(image, error);
    }
  }

  images(options: DockerCallOptions = {}): Promise<schemas.DockerImage[]> {
    return this.#fetch(schemas.imagesSchema, { method: 'GET', path: '/images/json' }, options);
  }

  async removeImage(image: string, options: DockerCallOptions = {}): Promise<void> {
    await this.#succeed({ method: 'DELETE', path: `/images/${encodeURIComponent(image)}` }, options);
  }

  /** @returns its id. */
  async create(container: DockerContainerOptions, options: DockerCallOptions = {}): Promise<string> {
    const call: Call = {
      method: 'POST',
      path: '/containers/create',
      query: { name: container.name },
      body: createBody(container),
    };
    return (await this.#fetch(schemas.createdSchema, call, options, START_MS)).Id;
  }

  async start(id: string, options: DockerCallOptions = {}): Promise<void> {
    await this.#succeed({ method: 'POST', path: `${container(id)}/start` }, options, START_MS);
  }

  /** @param options.graceSeconds from the stop signal to SIGKILL; default 10, as of `docker stop`. */
  async stop(
    id: string,
    { graceSeconds = GRACE_SECONDS, ...options }: DockerCallOptions & { readonly graceSeconds?: number } = {},
  ): Promise<void> {
    const query = { t: String(graceSeconds) };
    await this.#succeed({ method: 'POST', path: `${container(id)}/stop`, query }, options, EXIT_MS);
  }

  async kill(id: string, signal = 'SIGKILL', options: DockerCallOptions = {}): Promise<void> {
    await this.#succeed({ method: 'POST', path: `${container(id)}/kill`, query: { signal } }, options);
  }

  /** Also while it runs. */
  async remove(id: string, options: DockerCallOptions = {}): Promise<void> {
    await this.#succeed({ method: 'DELETE', path: container(id), query: { force: 'true' } }, options);
  }

  /** Those that have exited, too. */
  list(options: DockerCallOptions = {}): Promise<schemas.DockerSummary[]> {
    const call: Call = { method: 'GET', path: '/containers/json', query: { all: 'true' } };
    return this.#fetch(schemas.containersSchema, call, options);
  }

  inspect(id: string, options: DockerCallOptions = {}): Promise<schemas.DockerInspection> {
    return this.#fetch(schemas.inspectionSchema, { method: 'GET', path: `${container(id)}/json` }, options);
  }

  /** Until it has exited. @returns its exit code. */
  async wait(id: string, options: DockerCallOptions = {}): Promise<number> {
    const call: Call = { method: 'POST', path: `${container(id)}/wait` };
    return (await this.#fetch(schemas.exitSchema, call, options, EXIT_MS)).StatusCode;
  }

  /** What it has printed up to now. */
  async logs(id: string, options: DockerCallOptions = {}): Promise<Output> {
    const query = { stdout: 'true', stderr: 'true' };
    const { body } = await this.#succeed({ method: 'GET', path: `${container(id)}/logs`, query }, options);
    return splitOutput(body);
  }

  async stats(id: string, options: DockerCallOptions = {}): Promise<{ cpuMs: number; memoryBytes: number }> {
    const query = { stream: 'false', 'one-shot': 'true' };
    const call: Call = { method: 'GET', path: `${container(id)}/stats`, query };
    const { cpu_stats: cpu, memory_stats: memory } = await this.#fetch(schemas.statsSchema, call, options);
    return { cpuMs: cpu.cpu_usage.total_usage / 1e6, memoryBytes: memory.usage };
  }

  /** Runs a program in a container until it ends. */
  async exec(
    id: string,
    command: readonly string[],
    { deadline = this.#within(EXIT_MS, 'exec') }: DockerCallOptions = {},
  ): Promise<Output & { readonly exitCode: number }> {
    const asked = { AttachStdout: true, AttachStderr: true, Cmd: command };
    const create: Call = { method: 'POST', path: `${container(id)}/exec`, body: asked };
    const { Id: exec } = await this.#fetch(schemas.createdSchema, create, { deadline });
    const start: Call = { method: 'POST', path: `/exec/${exec}/start`, body: { Detach: false, Tty: false } };
    const { body } = await this.#succeed(start, { deadline });
    const inspect: Call = { method: 'GET', path: `/exec/${exec}/json` };
    const { ExitCode: exitCode } = await this.#fetch(schemas.execSchema, inspect, { deadline });
    if (exitCode === null) throw new GuestApiShapeError(`The exec ${exec} has ended without an exit code.`);
    return { ...splitOutput(body), exitCode };
  }

  networks(options: DockerCallOptions = {}): Promise<schemas.DockerNetwork[]> {
    return this.#fetch(schemas.networksSchema, { method: 'GET', path: '/networks' }, options);
  }

  /** @returns its id. */
  async createNetwork(name: string, options: DockerCallOptions = {}): Promise<string> {
    const call: Call = { method: 'POST', path: '/networks/create', body: { Name: name } };
    return (await this.#fetch(schemas.createdSchema, call, options, START_MS)).Id;
  }

  async #fetch<T>(
    schema: z.ZodType<T>,
    call: Call,
    options: DockerCallOptions,
    timeoutMs = CALL_MS,
  ): Promise<T> {
    const answer = await this.#succeed(call, options, timeoutMs);
    return parse(schema, () => answer.json(), `${call.method} ${call.path}`);
  }

  async #succeed(call: Call, { deadline }: DockerCallOptions, timeoutMs = CALL_MS): Promise<ApiResponse> {
    const { method, path } = call;
    const answered = deadline ?? this.#within(timeoutMs, `${method} ${path}`);
    const answer = await this.#transport.request({ ...call, path: `${API}${path}`, deadline: answered });
    if (answer.status >= 200 && answer.status < 400) return answer;
    throw new GuestApiError(method, path, answer.status, wordsOf(answer.text));
  }

  #within(timeoutMs: number, what: string): Deadline {
    return this.#deadlines.within(timeoutMs, `${what} on ${this.#deadlines.guest}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#transport[Symbol.asyncDispose]();
  }
}

function container(id: string): string {
  return `/containers/${encodeURIComponent(id)}`;
}

function parse<T>(schema: z.ZodType<T>, read: () => unknown, what: string): T {
  const parsed = schema.safeParse(read());
  if (parsed.success) return parsed.data;
  throw new GuestApiShapeError(`${what} answered in an unknown shape:\n${z.prettifyError(parsed.error)}`);
}

/** The Engine's errors are JSON with a message; a proxy's may be anything. */
function wordsOf(text: string): string {
  try {
    return schemas.refusalSchema.parse(JSON.parse(text)).message;
  } catch {
    return text;
  }
}
