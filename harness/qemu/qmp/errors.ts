import { InfrastructureError } from '../../util/errors.ts';
import type { QmpRefusal } from './messages.ts';

/** QEMU answered a command with an error. */
export class QmpCommandError extends InfrastructureError {
  readonly errorClass: string;

  constructor(command: string, { error }: QmpRefusal) {
    super(`QMP refused the command "${command}": ${error.desc} (${error.class}).`);
    this.errorClass = error.class;
  }
}

/** The connection ended, or what came over it is not QMP. */
export class QmpDisconnectedError extends InfrastructureError {
  constructor(reason: string, lastTraffic: string, options?: ErrorOptions) {
    super(`QMP's connection is gone: ${reason}.\nLast seen: ${lastTraffic}`, options);
  }
}
