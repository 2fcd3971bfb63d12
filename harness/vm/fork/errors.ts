import { InfrastructureError } from '../../util/errors.ts';

/** What can't be frozen can still be booted. */
export class CannotFreezeError extends InfrastructureError {
  constructor(reason: string, options?: ErrorOptions) {
    super(`The machine can't be frozen: ${reason}.`, options);
  }
}
