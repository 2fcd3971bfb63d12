import type { z } from 'zod';

import type { Deadlines } from '../../qemu/deadlines.ts';
import type { Deadline } from '../../util/deadline.ts';
import type { Bridge } from '../bridge/bridge.ts';
import { GrpcConnectionError, GrpcProtocolError } from '../grpc/errors.ts';
import { GrpcTransport } from '../grpc/transport.ts';
import { containerConfig, podConfig, type ContainerOptions, type CriPod, type PodOptions } from './config.ts';
import { criMethod } from './messages.ts';
import * as answers from './schemas.ts';

const { ANSWERS } = answers;

/** Enough under KVM on the reference host; see `Deadlines` for what is made of them. */
const CALL_MS = 10_000;
/** From the registry to the snapshot, for images of some megabytes. */
const PULL_MS = 60_000;
/** A pod's network and its first process. */
const START_MS = 30_000;
const EXIT_MS = 60_000;
const POLL_MS = 50;
/** Of a container that is stopped, until it is killed: as Kubernetes has it. */
const GRACE_SECONDS = 30;

export interface CriCallOptions {
  /** Default: one of the method's own. */
  readonly deadline?: Deadline | undefined;
}

/**
 * The Container Runtime Interface, version 1, of one machine. Every method throws `GrpcError` for an answer that is an error,
 * `GrpcConnectionError` when no whole answer comes, for instance because the machine was reset, and `WaitTimeoutError` at
 * its deadline; the next call waits for the guest to be back.
 */
export class CriClient implements AsyncDisposable {
  readonly #transport: GrpcTransport;
  readonly #deadlines: Deadlines;

  constructor(bridge: Bridge, deadlines: Deadlines) {
    this.#transport = new GrpcTransport(bridge, 'cri');
    this.#deadlines = deadlines;
  }

  version(options: CriCallOptions = {}): Promise<answers.CriVersion> {
    return this.#call('Version', {}, ANSWERS.version, options);
  }

  /** @returns also the runtime's own configuration, in `info`. */
  status(options: CriCallOptions = {}): Promise<answers.CriStatus> {
    return this.#call('Status', { verbose: true }, ANSWERS.status, options);
  }

  /** @returns the runtime's name for the image that was pulled. */
  async pull(
    image: string,
    {
      auth,
      ...options
    }: CriCallOptions & { readonly auth?: { readonly username: string; readonly password: string } } = {},
  ): Promise<string> {
    const request = { image: { image }, ...(auth && { auth }) };
    return (await this.#call('PullImage', request, ANSWERS.pulled, options, PULL_MS)).imageRef;
  }

  async images(options: CriCallOptions = {}): Promise<answers.CriImage[]> {
    return (await this.#call('ListImages', {}, ANSWERS.images, options)).images;
  }

  async removeImage(image: string, options: CriCallOptions = {}): Promise<void> {
    await this.#call('RemoveImage', { image: { image } }, ANSWERS.nothing, options);
  }

  async runPod(pod: PodOptions, options: CriCallOptions = {}): Promise<CriPod> {
    const config = podConfig(pod);
    const request = { config, runtimeHandler: pod.runtimeHandler ?? '' };
    const answer = await this.#call('RunPodSandbox', request, ANSWERS.podId, options, START_MS);
    return { id: answer.podSandboxId, config };
  }

  async pods(options: CriCallOptions = {}): Promise<answers.CriPodSummary[]> {
    return (await this.#call('ListPodSandbox', {}, ANSWERS.pods, options)).items;
  }

  async podStatus(podSandboxId: string, options: CriCallOptions = {}): Promise<answers.CriPodStatus> {
    return (await this.#call('PodSandboxStatus', { podSandboxId }, ANSWERS.podStatus, options)).status;
  }

  /** Kills its containers, and gives back its network. */
  async stopPod(podSandboxId: string, options: CriCallOptions = {}): Promise<void> {
    await this.#call('StopPodSandbox', { podSandboxId }, ANSWERS.nothing, options, START_MS);
  }

  async removePod(podSandboxId: string, options: CriCallOptions = {}): Promise<void> {
    await this.#call('RemovePodSandbox', { podSandboxId }, ANSWERS.nothing, options, START_MS);
  }

  /** @returns its id. */
  async createContainer(
    pod: CriPod,
    container: ContainerOptions,
    options: CriCallOptions = {},
  ): Promise<string> {
    const config = containerConfig(container, pod);
    const request = { podSandboxId: pod.id, config, sandboxConfig: pod.config };
    return (await this.#call('CreateContainer', request, ANSWERS.containerId, options, START_MS)).containerId;
  }

  async start(containerId: string, options: CriCallOptions = {}): Promise<void> {
    await this.#call('StartContainer', { containerId }, ANSWERS.nothing, options, START_MS);
  }

  /** @param options.graceSeconds from the stop signal to SIGKILL; default 30. */
  async stop(
    containerId: string,
    { graceSeconds = GRACE_SECONDS, ...options }: CriCallOptions & { readonly graceSeconds?: number } = {},
  ): Promise<void> {
    const request = { containerId, timeout: graceSeconds };
    await this.#call('StopContainer', request, ANSWERS.nothing, options, EXIT_MS);
  }

  async removeContainer(containerId: string, options: CriCallOptions = {}): Promise<void> {
    await this.#call('RemoveContainer', { containerId }, ANSWERS.nothing, options);
  }

  async containers(options: CriCallOptions = {}): Promise<answers.CriContainerSummary[]> {
    return (await this.#call('ListContainers', {}, ANSWERS.containers, options)).containers;
  }

  async containerStatus(
    containerId: string,
    options: CriCallOptions = {},
  ): Promise<answers.CriContainerStatus> {
    return (await this.#call('ContainerStatus', { containerId }, ANSWERS.containerStatus, options)).status;
  }

  /** Asks until the container has exited. Not by its events: containerd 1.7 shares them out among all who listen. */
  waitForExit(
    containerId: string,
    {
      deadline = this.#within(EXIT_MS, `container ${containerId.slice(0, 12)} to exit`),
    }: CriCallOptions = {},
  ): Promise<answers.CriContainerStatus> {
    let state = 'nothing of it';
    return deadline.poll(
      async () => {
        const status = await this.containerStatus(containerId, { deadline });
        state = status.state;
        return state === 'CONTAINER_EXITED' ? status : undefined;
      },
      POLL_MS,
      () => state,
    );
  }

  async stats(containerId: string, options: CriCallOptions = {}): Promise<answers.CriStats> {
    const { stats } = await this.#call('ContainerStats', { containerId }, ANSWERS.stats, options);
    return {
      cpuMs: (stats.cpu?.usageCoreNanoSeconds ?? 0) / 1e6,
      memoryBytes: stats.memory?.usageBytes ?? 0,
      workingSetBytes: stats.memory?.workingSetBytes ?? 0,
    };
  }

  /** Runs a program in a container until it ends. */
  async exec(
    containerId: string,
    cmd: readonly string[],
    options: CriCallOptions = {},
  ): Promise<{ exitCode: number; stdout: string; stderr: string }> {
    const request = { containerId, cmd };
    const { exitCode, stdout, stderr } = await this.#call(
      'ExecSync',
      request,
      ANSWERS.executed,
      options,
      EXIT_MS,
    );
    return { exitCode, stdout: stdout.toString(), stderr: stderr.toString() };
  }

  /** What happens to containers from now on, until the deadline or the machine's reset. */
  async *events(deadline: Deadline): AsyncGenerator<answers.CriEvent> {
    const { path, encode, decode } = criMethod('GetContainerEvents');
    for await (const event of this.#transport.stream({ path, request: encode({}), deadline })) {
      yield decode(ANSWERS.event, event);
    }
  }

  async #call<T>(
    name: string,
    request: object,
    schema: z.ZodType<T>,
    { deadline }: CriCallOptions,
    timeoutMs = CALL_MS,
  ): Promise<T> {
    const { path, encode, decode } = criMethod(name);
    const answered = deadline ?? this.#within(timeoutMs, name);
    const answer = await this.#transport.unary({ path, request: encode(request), deadline: answered });
    try {
      return decode(schema, answer);
    } catch (error) {
      throw error instanceof GrpcProtocolError ? new GrpcConnectionError(name, error) : error;
    }
  }

  #within(timeoutMs: number, what: string): Deadline {
    return this.#deadlines.within(timeoutMs, `${what} on ${this.#deadlines.guest}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#transport[Symbol.asyncDispose]();
  }
}
