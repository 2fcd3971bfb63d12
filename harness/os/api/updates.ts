import { GuestApiError } from '../../guest/http/errors.ts';
import { ImageError } from '../../util/errors.ts';
import type { CallOptions } from './call.ts';
import type { Caller } from './caller.ts';
import { updateStatusSchema, type UpdateCommand, type UpdateStatus } from './schemas.ts';

/** The longest command writes a whole slot. */
const COMMAND_MS = 60_000;
const POLL_MS = 20;
/** What the host API answers while a command works. */
const LOCKED = 423;

/** The part of the host API that updates the machine. */
export function updateCalls({ fetch, succeed, within }: Caller) {
  return {
    /** Answers 404 before the first command of a boot, and 423 while a command is at work. */
    status({ deadline }: CallOptions = {}): Promise<UpdateStatus> {
      return fetch(updateStatusSchema, { method: 'GET', path: '/updates/status' }, deadline);
    },

    /** Starts a command; whether it succeeds is in the status. */
    async start(command: UpdateCommand, { deadline }: CallOptions = {}): Promise<void> {
      const path = `/actions/${command === 'refresh' ? 'refresh-updates' : `${command}-update`}`;
      await succeed({ method: 'POST', path }, deadline);
    },

    /** Lets the next boot take the other slot. */
    async rollBack({ deadline }: CallOptions = {}): Promise<void> {
      await succeed({ method: 'POST', path: '/actions/rollback' }, deadline);
    },

    /** The status as soon as no command works any more. */
    statusAtRest(options: CallOptions = {}): Promise<UpdateStatus> {
      const deadline = options.deadline ?? within(COMMAND_MS, 'the end of the update command');
      return deadline.poll(async () => {
        try {
          return await this.status({ deadline });
        } catch (error) {
          if (error instanceof GuestApiError && error.status === LOCKED) return undefined;
          throw error;
        }
      }, POLL_MS);
    },

    /** Starts a command and waits for its end, whatever that is. */
    async run(command: UpdateCommand, options: CallOptions = {}): Promise<UpdateStatus> {
      const deadline = options.deadline ?? within(COMMAND_MS, `the end of the update command ${command}`);
      await this.start(command, { deadline });
      return this.statusAtRest({ deadline });
    },

    /** @throws {ImageError} with the updater's message, when the command fails or its outcome can't be seen. */
    async succeed(command: UpdateCommand, options: CallOptions = {}): Promise<UpdateStatus> {
      const status = await this.run(command, options);
      const { cmd_type: type, cmd_status: outcome, stderr } = status.most_recent_command ?? {};
      if (type === undefined) throw new ImageError(`${command}: the guest reports no outcome.`);
      if (type !== command)
        throw new ImageError(`${command}: the guest reports its outcome as that of ${type}.`);
      if (outcome !== 'Success') throw new ImageError(`${command}: ${String(outcome)}: ${String(stderr)}`);
      return status;
    },
  };
}
