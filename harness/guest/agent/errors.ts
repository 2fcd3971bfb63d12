import { ImageError, InfrastructureError } from '../../util/errors.ts';
import type { AgentRefusal } from './answers.ts';

/** The guest agent refused a command, or answered with something that is no answer. */
export class GuestAgentError extends ImageError {
  readonly command: string;
  /** The agent's own, such as `GenericError`; undefined when it is the answer that was wrong. */
  readonly errorClass: string | undefined;

  constructor(command: string, reason: string, options: { errorClass?: string; hint?: string } = {}) {
    super(`The guest agent's "${command}" failed: ${reason}`, options);
    this.command = command;
    this.errorClass = options.errorClass;
  }
}

export function refused(command: string, { class: errorClass, desc }: AgentRefusal): GuestAgentError {
  const unavailable = errorClass === 'CommandNotFound' || /\bdisabled\b|not allowed/i.test(desc);
  return new GuestAgentError(command, `${desc} (${errorClass})`, {
    errorClass,
    ...(unavailable && {
      hint: `Allow "${command}" in the guest's qemu-ga.conf; distributions block some commands by default.`,
    }),
  });
}

/** The guest agent's character device is gone. */
export class GuestAgentLostError extends InfrastructureError {}

/** What was asked before the machine's reset stays without an answer. */
export class GuestResetError extends ImageError {}
