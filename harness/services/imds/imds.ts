import { IMDS_ADDRESS } from '../../qemu/argv/network.ts';
import { serviceSocket, type GuestService } from '../guest-service.ts';
import { FileService } from '../http/file-service.ts';
import { EXAMPLE_INSTANCE, type Instance } from './instance.ts';
import { publishInstance } from './publish.ts';
import { imdsTokens, type TokenRules } from './tokens.ts';

export const IMDS_PORT = 80;

export interface ImdsOptions {
  /** Byte by byte, gzip or not. Absent: the instance has none. */
  readonly userData?: string | Uint8Array | undefined;
  /** What differs from `EXAMPLE_INSTANCE`. */
  readonly instance?: Partial<Instance>;
  readonly tokens?: TokenRules;
  /** Where it listens. Default: a socket for as long as the run. */
  readonly socket?: string;
}

/** EC2's instance metadata service at its usual address, as a service that a machine reaches. */
export interface Imds extends GuestService, AsyncDisposable {
  /** Injects faults, has a record of the requests. */
  readonly service: FileService;
}

/** @throws {InfrastructureError} when it can't listen. */
export async function serveImds(options: ImdsOptions = {}): Promise<Imds> {
  const { userData, instance, tokens, socket = await serviceSocket() } = options;
  const service = await FileService.listen(
    publishInstance({ ...EXAMPLE_INSTANCE, ...instance }, userData),
    socket,
  );
  service.gate = imdsTokens(tokens);
  return {
    ...{ service, address: IMDS_ADDRESS, port: IMDS_PORT, socket },
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  };
}
