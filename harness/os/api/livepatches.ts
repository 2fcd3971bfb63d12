import { ImageError } from '../../util/errors.ts';
import type { CallOptions } from './call.ts';
import type { Caller } from './caller.ts';
import {
  livepatchStatusSchema,
  type Livepatch,
  type LivepatchState,
  type LivepatchStatus,
} from './livepatch-schemas.ts';

/** The machine fetches a module, and gives a transition 20 s. */
const COMMAND_MS = 60_000;
const POLL_MS = 50;

export type LivepatchCommand = 'refresh' | 'apply' | 'revert';

/** The part of the host API that patches the running kernel. */
export function livepatchCalls({ fetch, succeed, within }: Caller) {
  return {
    status({ deadline }: CallOptions = {}): Promise<LivepatchStatus> {
      return fetch(livepatchStatusSchema, { method: 'GET', path: '/livepatches' }, deadline);
    },

    async list(options: CallOptions = {}): Promise<readonly Livepatch[]> {
      return (await this.status(options)).livepatches;
    },

    /** Starts a command; how it goes is in the status. @param name of the patch; not with `refresh`. */
    async start(command: LivepatchCommand, name?: string, { deadline }: CallOptions = {}): Promise<void> {
      const path = `/actions/${command}-livepatch${command === 'refresh' ? 'es' : ''}`;
      await succeed({ method: 'POST', path, query: { name } }, deadline);
    },

    /** Starts a command and waits for its end, whatever that is. */
    async run(command: LivepatchCommand, name?: string, options: CallOptions = {}): Promise<LivepatchStatus> {
      const what = [command, name].filter((word) => word !== undefined).join(' ');
      const deadline = options.deadline ?? within(COMMAND_MS, `the end of the live patch command ${what}`);
      await this.start(command, name, { deadline });
      return deadline.poll(async () => {
        const status = await this.status({ deadline });
        const last = status.most_recent_command;
        const isOurs = last?.cmd_type === command && last.name === (name ?? null);
        return isOurs && last.cmd_status !== 'Unknown' ? status : undefined;
      }, POLL_MS);
    },

    /** @throws {ImageError} with the machine's message, when the command fails. */
    async succeed(
      command: LivepatchCommand,
      name?: string,
      options: CallOptions = {},
    ): Promise<LivepatchStatus> {
      const status = await this.run(command, name, options);
      const { cmd_status: outcome, stderr } = status.most_recent_command ?? {};
      if (outcome === 'Success') return status;
      throw new ImageError(`${command} ${name ?? ''}: ${String(outcome)}: ${String(stderr)}`);
    },

    /** @throws {ImageError} with the machine's message, when it cannot be applied. */
    async apply(name: string, options: CallOptions = {}): Promise<void> {
      await this.succeed('apply', name, options);
    },

    /** @throws {ImageError} with the machine's message, when it cannot be reverted. */
    async revert(name: string, options: CallOptions = {}): Promise<void> {
      await this.succeed('revert', name, options);
    },

    /** Waits until a patch is in one of these states, and `accept` takes it. */
    async waitFor(
      name: string,
      states: LivepatchState | readonly LivepatchState[],
      options: CallOptions & { readonly accept?: (patch: Livepatch) => boolean } = {},
    ): Promise<Livepatch> {
      const wanted = [states].flat();
      const { accept = () => true } = options;
      const deadline =
        options.deadline ?? within(COMMAND_MS, `the live patch ${name} to be ${wanted.join(' or ')}`);
      let last: Livepatch | undefined;
      return deadline.poll(
        async () => {
          last = (await this.list({ deadline })).find((listed) => listed.name === name);
          return last !== undefined && wanted.includes(last.state) && accept(last) ? last : undefined;
        },
        POLL_MS,
        () => `${name} is ${JSON.stringify(last ?? 'not listed')}`,
      );
    },
  };
}
