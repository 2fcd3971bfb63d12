import { ImageError, InfrastructureError } from '../../util/errors.ts';
import { OLDEST_VERSION, PROTOCOL_VERSION } from './protocol.ts';

/**
 * Why a stream ended before its time: the guest refused or reset it, the guest started again, the harness closed the
 * bridge, or QEMU did.
 */
export type StreamFailure = 'refused' | 'guest-reset' | 'closed' | 'lost';

export class BridgeStreamError extends ImageError {
  readonly service: string;
  readonly failure: StreamFailure;

  constructor(service: string, failure: StreamFailure, reason: string) {
    super(`The stream to the guest's "${service}" failed: ${reason}`);
    this.service = service;
    this.failure = failure;
  }
}

/** No machine is at the other end of the character device any more, or none of this protocol's version. */
export class BridgeLostError extends InfrastructureError {}

export function unknownVersion(version: number): BridgeLostError {
  const known = `${OLDEST_VERSION} or ${PROTOCOL_VERSION}`;
  return new BridgeLostError(`The guest's bridge speaks version ${version} of the protocol, not ${known}.`, {
    hint: 'Build the image and the harness from the same tree.',
  });
}
