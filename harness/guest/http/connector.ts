import type { Socket } from 'node:net';

import type { buildConnector } from 'undici';

import type { Bridge } from '../bridge/bridge.ts';

/** undici's `connect` option: every connection is a new stream to `service`. */
export function httpConnector(bridge: Bridge, service: string): buildConnector.connector {
  return (_options, callback) => {
    // undici ignores a connection that is handed to it before `connect` has returned.
    queueMicrotask(() => {
      try {
        // It asks no more of a socket than BridgeStream gives.
        callback(null, bridge.open(service) as unknown as Socket);
      } catch (error) {
        callback(error as Error, null);
      }
    });
  };
}
