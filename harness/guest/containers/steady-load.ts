import { Deadline } from '../../util/deadline.ts';
import { ImageError } from '../../util/errors.ts';
import type { Containers, RunContainer } from './containers.ts';

const HTTP_PORT = '8080';
const ECHO_PORT = '7777';
/** Each container prints a line a second, and the log is behind on a busy machine. */
const LINE_MS = 60_000;
const POLL_MS = 500;

/** What a container does over and over: count, make HTTP requests, use a TCP connection that it keeps. */
export const STEADY_KINDS = ['timer', 'http', 'tcp'] as const;
export type SteadyKind = (typeof STEADY_KINDS)[number];

/** What one container saw, all of whose rounds succeeded. */
export interface Steadiness {
  readonly rounds: number;
  /** From the end of a round to that of the next, on the container's own clock. */
  readonly longestPauseMs: number;
}

/** Containers that would notice if the machine under them stood still: see images/workloads/src/steady. */
export class SteadyLoad {
  readonly #clients: Readonly<Record<SteadyKind, RunContainer>>;

  private constructor(clients: Readonly<Record<SteadyKind, RunContainer>>) {
    this.#clients = clients;
  }

  /**
   * Starts servers and clients. Once for a machine, since their names are fixed.
   *
   * @param image of a container whose first argument is the workload's command.
   */
  static async start(containers: Containers, image: string): Promise<SteadyLoad> {
    const run = (name: string, ...args: readonly string[]): Promise<RunContainer> =>
      containers.run({ name, image, args });
    const http = await run('http-server', 'http', HTTP_PORT);
    const echo = await run('echo-server', 'echo', ECHO_PORT);
    return new SteadyLoad({
      timer: await run('timer', 'steady', 'timer'),
      http: await run('http', 'steady', 'http', await http.address(), HTTP_PORT),
      tcp: await run('tcp', 'steady', 'tcp', await echo.address(), ECHO_PORT),
    });
  }

  /**
   * What the containers saw from before `work` began until after it was done.
   *
   * @throws {ImageError} with its words when one of them had a round that failed.
   */
  async during(work: () => Promise<unknown>): Promise<Record<SteadyKind, Steadiness>> {
    const { timer, http, tcp } = this.#clients;
    const before = [await linesAfter(timer, 0), await linesAfter(http, 0), await linesAfter(tcp, 0)];
    await work();
    const [ofTimer = 0, ofHttp = 0, ofTcp = 0] = before.map(({ length }) => length);
    return {
      timer: summaryOf(await linesAfter(timer, ofTimer), ofTimer),
      http: summaryOf(await linesAfter(http, ofHttp), ofHttp),
      tcp: summaryOf(await linesAfter(tcp, ofTcp), ofTcp),
    };
  }
}

/** All lines, once there are more than `count`: one that was on its way may be about the time before. */
async function linesAfter(container: RunContainer, count: number): Promise<Steadiness[]> {
  const known = count === 0 ? 0 : count + 1;
  return Deadline.after(LINE_MS, `more output of the container ${container.name}`).poll(async () => {
    const lines = (await container.logs()).map(({ text }) => parse(container, text));
    return lines.length > known ? lines : undefined;
  }, POLL_MS);
}

function parse({ name }: RunContainer, line: string): Steadiness {
  const result = /^{"rounds":(\d+),"longest_pause_us":(\d+)}$/.exec(line);
  if (result === null) throw new ImageError(`The container ${name} fails: ${line}`);
  return { rounds: Number(result[1]), longestPauseMs: Number(result[2]) / 1000 };
}

function summaryOf(lines: readonly Steadiness[], from: number): Steadiness {
  const wanted = lines.slice(from);
  return {
    rounds: wanted.reduce((sum, { rounds }) => sum + rounds, 0),
    longestPauseMs: Math.max(...wanted.map(({ longestPauseMs }) => longestPauseMs)),
  };
}
