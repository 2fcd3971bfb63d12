import { fileURLToPath } from 'node:url';

import { Server, ServerCredentials, type ServiceDefinition, type UntypedHandleCall } from '@grpc/grpc-js';
import protobuf from 'protobufjs';

const PROTOCOL = new URL('../runtime.proto', import.meta.url);

/** What a test answers to a method; see grpc-js for what a handler is. */
export type Handlers = Readonly<Record<string, UntypedHandleCall>>;

/** A server of CRI by grpc-js, which knows nothing of the client under test. */
export class ScriptedCri implements AsyncDisposable {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Methods without a handler are answered by UNIMPLEMENTED. */
  static async listen(path: string, handlers: Handlers): Promise<ScriptedCri> {
    const server = new Server();
    const { nested = {} } = protobuf
      .loadSync(fileURLToPath(PROTOCOL))
      .resolveAll()
      .lookup('runtime.v1') as protobuf.Namespace;
    for (const service of Object.values(nested)) {
      if (service instanceof protobuf.Service) server.addService(definitionOf(service), handlers);
    }
    await new Promise<void>((resolve, reject) => {
      server.bindAsync(`unix:${path}`, ServerCredentials.createInsecure(), (error) => {
        if (error === null) resolve();
        else reject(error);
      });
    });
    return new ScriptedCri(server);
  }

  /** Ends all connections in the midst of what they do. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#server.forceShutdown();
    return Promise.resolve();
  }
}

function definitionOf({ fullName, methods }: protobuf.Service): ServiceDefinition {
  const entries = Object.values(methods).map((method) => {
    const [request, response] = [codecOf(method.resolvedRequestType), codecOf(method.resolvedResponseType)];
    const definition = {
      path: `/${fullName.slice(1)}/${method.name}`,
      requestStream: false,
      responseStream: method.responseStream === true,
      requestSerialize: request.encode,
      requestDeserialize: request.decode,
      responseSerialize: response.encode,
      responseDeserialize: response.decode,
    };
    return [method.name, definition] as const;
  });
  return Object.fromEntries(entries);
}

function codecOf(type: protobuf.Type | null) {
  if (type === null) throw new Error('A type of runtime.proto is not resolved.');
  return {
    encode: (value: object) => Buffer.from(type.encode(type.fromObject(value)).finish()),
    decode: (bytes: Buffer) => type.toObject(type.decode(bytes), { longs: Number, enums: String }),
  };
}
