import { z } from 'zod';

import type { Deadlines } from '../../qemu/deadlines.ts';
import type { Deadline } from '../../util/deadline.ts';
import { GuestApiError, GuestApiShapeError } from '../../guest/http/errors.ts';
import {
  affectedServicesSchema,
  bootTimeSchema,
  lastBootSchema,
  configurationFilesSchema,
  hostContainersSchema,
  namesSchema,
  osSchema,
  reportsSchema,
  servicesSchema,
  systemSchema,
  treeSchema,
  type BootTime,
  type ConfigurationFiles,
  type HostContainersReport,
  type OsInformation,
  type Services,
  type LastBoot,
  type SystemReport,
  type Tree,
} from './schemas.ts';
import { ApiTransport, type ApiResponse } from '../../guest/http/transport.ts';
import type { Bridge } from '../../guest/bridge/bridge.ts';
import type { Call, CallOptions, Query, RequireReport, TransactionOptions } from './call.ts';
import type { Caller } from './caller.ts';
import { livepatchCalls } from './livepatches.ts';
import { execCalls } from './exec/exec.ts';
import { updateCalls } from './updates.ts';

/** Answers are a matter of milliseconds; the rest is for a guest that is still busy with its boot. */
const CALL_MS = 10_000;

/**
 * The host API of one machine, by the contract's paths. Every helper throws `GuestApiError` for an answer that is no
 * success, `GuestApiShapeError` for one of another shape, `GuestConnectionError` when no answer comes, for instance
 * because the machine was reset, and `WaitTimeoutError` at its deadline; the next call waits for the guest to be back.
 */
export class ApiClient implements AsyncDisposable {
  readonly #bridge: Bridge;
  readonly #transport: ApiTransport;
  readonly #deadlines: Deadlines;
  readonly #requireReport: RequireReport;

  constructor(bridge: Bridge, deadlines: Deadlines, requireReport: RequireReport = () => undefined) {
    this.#bridge = bridge;
    this.#transport = new ApiTransport(bridge);
    this.#deadlines = deadlines;
    this.#requireReport = requireReport;
  }

  /** Any call, any status. */
  async request({ deadline, ...call }: Call & CallOptions): Promise<ApiResponse> {
    const { guest } = this.#deadlines;
    const answered = deadline ?? this.#deadlines.within(CALL_MS, `${call.method} ${call.path} on ${guest}`);
    return this.#transport.request({ ...call, deadline: answered });
  }

  async get(
    path: string,
    { deadline, query }: CallOptions & { readonly query?: Query } = {},
  ): Promise<unknown> {
    const answer = await this.#succeed({ method: 'GET', path, ...(query && { query }) }, deadline);
    return answer.json();
  }

  os({ deadline }: CallOptions = {}): Promise<OsInformation> {
    return this.#fetch(osSchema, { method: 'GET', path: '/os' }, deadline);
  }

  /** Everything that `/` shows: settings, services, configuration files, os. */
  model({ deadline, ...query }: CallOptions & { readonly prefix?: string } = {}): Promise<Tree> {
    return this.#fetch(treeSchema, { method: 'GET', path: '/', query }, deadline);
  }

  settings(
    options: CallOptions & { readonly keys?: readonly string[]; readonly prefix?: string } = {},
  ): Promise<Tree> {
    const query = { keys: options.keys?.join(','), prefix: options.prefix };
    return this.#fetch(treeSchema, { method: 'GET', path: '/settings', query }, options.deadline);
  }

  async patchSettings(settings: Tree, { deadline, tx }: TransactionOptions = {}): Promise<void> {
    await this.#succeed({ method: 'PATCH', path: '/settings', query: { tx }, body: settings }, deadline);
  }

  /** @param pairs each `key=value`; the values' types are the contract's guess. */
  async patchKeypairs(pairs: readonly string[], { deadline, tx }: TransactionOptions = {}): Promise<void> {
    const body = { request_payload: pairs };
    await this.#succeed({ method: 'PATCH', path: '/settings/keypair', query: { tx }, body }, deadline);
  }

  readonly tx = {
    list: ({ deadline }: CallOptions = {}): Promise<string[]> =>
      this.#fetch(namesSchema, { method: 'GET', path: '/tx/list' }, deadline),
    get: ({ deadline, tx }: TransactionOptions = {}): Promise<Tree> =>
      this.#fetch(treeSchema, { method: 'GET', path: '/tx', query: { tx } }, deadline),
    /** @returns the keys that were pending. */
    delete: ({ deadline, tx }: TransactionOptions = {}): Promise<string[]> =>
      this.#fetch(namesSchema, { method: 'DELETE', path: '/tx', query: { tx } }, deadline),
    /** @returns the keys that changed. */
    commit: ({ deadline, tx }: TransactionOptions = {}): Promise<string[]> =>
      this.#fetch(namesSchema, { method: 'POST', path: '/tx/commit', query: { tx } }, deadline),
    apply: async ({
      deadline,
      keys,
    }: CallOptions & { readonly keys?: readonly string[] } = {}): Promise<void> => {
      await this.#succeed({ method: 'POST', path: '/tx/apply', query: { keys: keys?.join(',') } }, deadline);
    },
    /** @returns the keys that changed. */
    commitAndApply: ({ deadline, tx }: TransactionOptions = {}): Promise<string[]> =>
      this.#fetch(namesSchema, { method: 'POST', path: '/tx/commit_and_apply', query: { tx } }, deadline),
  };

  readonly metadata = {
    affectedServices: (
      keys: readonly string[],
      { deadline }: CallOptions = {},
    ): Promise<Record<string, string[]>> =>
      this.#fetch(affectedServicesSchema, metadataCall('affected-services', keys), deadline),
    settingGenerators: ({ deadline }: CallOptions = {}): Promise<Tree> =>
      this.#fetch(treeSchema, metadataCall('setting-generators'), deadline),
    templates: (keys: readonly string[], { deadline }: CallOptions = {}): Promise<Tree> =>
      this.#fetch(treeSchema, metadataCall('templates', keys), deadline),
  };

  services(
    options: CallOptions & { readonly names?: readonly string[]; readonly prefix?: string } = {},
  ): Promise<Services> {
    const query = { names: options.names?.join(','), prefix: options.prefix };
    return this.#fetch(servicesSchema, { method: 'GET', path: '/services', query }, options.deadline);
  }

  configurationFiles(
    options: CallOptions & { readonly names?: readonly string[]; readonly prefix?: string } = {},
  ): Promise<ConfigurationFiles> {
    const query = { names: options.names?.join(','), prefix: options.prefix };
    const call: Call = { method: 'GET', path: '/configuration-files', query };
    return this.#fetch(configurationFilesSchema, call, options.deadline);
  }

  readonly #caller: Caller = {
    fetch: (schema, call, deadline) => this.#fetch(schema, call, deadline),
    succeed: (call, deadline) => this.#succeed(call, deadline),
    within: (timeoutMs, what) => this.#deadlines.within(timeoutMs, `${what} on ${this.#deadlines.guest}`),
  };
  readonly updates = updateCalls(this.#caller);
  readonly livepatches = livepatchCalls(this.#caller);

  /** Commands in host containers. */
  readonly exec = execCalls({
    connect: async (deadline) => {
      await this.#bridge.ready(deadline);
      return () => this.#bridge.open('api');
    },
    within: (timeoutMs, what) => this.#deadlines.within(timeoutMs, `${what} on ${this.#deadlines.guest}`),
  });

  /** Answered before the machine goes down. */
  async reboot({ deadline }: CallOptions = {}): Promise<void> {
    await this.#succeed({ method: 'POST', path: '/actions/reboot' }, deadline);
  }

  readonly report = {
    list: ({ deadline }: CallOptions = {}): Promise<{ name: string; description: string }[]> =>
      this.#fetch(reportsSchema, { method: 'GET', path: '/report' }, deadline),
    bootTime: async ({ deadline }: CallOptions = {}): Promise<BootTime> => {
      this.#requireReport('report.boot-time');
      return this.#fetch(bootTimeSchema, { method: 'GET', path: '/report/boot-time' }, deadline);
    },
    hostContainers: async ({ deadline }: CallOptions = {}): Promise<HostContainersReport> => {
      this.#requireReport('report.host-containers');
      return this.#fetch(hostContainersSchema, { method: 'GET', path: '/report/host-containers' }, deadline);
    },
    system: async ({ deadline }: CallOptions = {}): Promise<SystemReport> => {
      this.#requireReport('report.system');
      return this.#fetch(systemSchema, { method: 'GET', path: '/report/system' }, deadline);
    },
    lastBoot: async ({ deadline }: CallOptions = {}): Promise<LastBoot> => {
      this.#requireReport('report.last-boot');
      return this.#fetch(lastBootSchema, { method: 'GET', path: '/report/last-boot' }, deadline);
    },
  };

  async #fetch<T>(schema: z.ZodType<T>, call: Call, deadline: Deadline | undefined): Promise<T> {
    const answer = await this.#succeed(call, deadline);
    const parsed = schema.safeParse(answer.json());
    if (parsed.success) return parsed.data;
    throw new GuestApiShapeError(
      `${call.method} ${call.path} answered in an unknown shape:\n${z.prettifyError(parsed.error)}`,
    );
  }

  async #succeed(call: Call, deadline: Deadline | undefined): Promise<ApiResponse> {
    const answer = await this.request({ ...call, deadline });
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw new GuestApiError(call.method, call.path, answer.status, answer.text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#transport[Symbol.asyncDispose]();
  }
}

function metadataCall(what: string, keys?: readonly string[]): Call {
  return { method: 'GET', path: `/metadata/${what}`, query: { keys: keys?.join(',') } };
}
