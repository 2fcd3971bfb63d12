import { fileURLToPath } from 'node:url';

import protobuf from 'protobufjs';
import { z } from 'zod';

import { GrpcProtocolError } from '../grpc/errors.ts';

const PROTOCOL = new URL('runtime.proto', import.meta.url);

const root = protobuf.loadSync(fileURLToPath(PROTOCOL)).resolveAll();

const SERVICES = ['runtime.v1.RuntimeService', 'runtime.v1.ImageService'].map((name) =>
  root.lookupService(name),
);

/** How a method is called, and what goes over the wire for it. */
export interface CriMethod {
  readonly path: string;
  readonly encode: (request: object) => Uint8Array;
  /** @throws {GrpcProtocolError} for bytes that are no such message. */
  readonly decode: <T>(schema: z.ZodType<T>, answer: Uint8Array) => T;
}

/** @param name without its service, such as `PullImage`. */
export function criMethod(name: string): CriMethod {
  const service = SERVICES.find(({ methods }) => name in methods);
  const { resolvedRequestType: request, resolvedResponseType: response } = service?.methods[name] ?? {};
  if (!service || !request || !response) throw new Error(`runtime.proto has no method ${name}.`);
  return {
    path: `/${service.fullName.slice(1)}/${name}`,
    encode: (fields) => request.encode(request.fromObject(fields)).finish(),
    decode: (schema, bytes) => {
      const parsed = schema.safeParse(toPlain(response, bytes));
      if (parsed.success) return parsed.data;
      throw new GrpcProtocolError(`the answer has an unknown shape: ${z.prettifyError(parsed.error)}`);
    },
  };
}

function toPlain(type: protobuf.Type, bytes: Uint8Array): object {
  try {
    return type.toObject(type.decode(bytes), { longs: Number, enums: String, bytes: Buffer, defaults: true });
  } catch (error) {
    throw new GrpcProtocolError(`the answer is no ${type.name}`, { cause: error });
  }
}
