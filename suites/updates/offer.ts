import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  createRepository,
  FileService,
  imageTrust,
  imageUpdate,
  manifestTarget,
  publish,
  SERVICES_ADDRESS,
} from '../../harness/index.ts';
import type { Image, MachineOptions, Repository, UpdateManifest } from '../../harness/index.ts';

const HTTP_PORT = 80;

type Entry = UpdateManifest['updates'][number];

/** An update repository, and how a machine reaches it. */
export interface Offer extends AsyncDisposable {
  /** As it was published: honest. Tests derive others from it. */
  readonly repository: Repository;
  readonly service: FileService;
  /** For `machines.boot`. */
  readonly machine: MachineOptions;
}

/** What the manifest says of an update in place of the truth. */
export type EntryChange = (update: Entry) => Partial<Entry>;

export interface OfferOptions {
  readonly entry?: EntryChange;
  /** Lines of the user-data's `[settings.updates]`. */
  readonly settings?: readonly string[];
}

/** Offers images to machines that trust the first one's keys. */
export async function offer(
  images: readonly [Image, ...Image[]],
  { entry = () => ({}), settings = [] }: OfferOptions = {},
): Promise<Offer> {
  const { keys, firstRoot } = await imageTrust(images[0]);
  const offered = images.map(imageUpdate);
  const updates = offered.map(({ update }) => ({ ...update, ...entry(update) }));
  const repository = createRepository(keys, firstRoot, [
    manifestTarget({ updates, migrations: {} }),
    ...offered.flatMap(({ targets }) => targets),
  ]);
  // Not below the machine's own directory, which comes later; short, as the path of a socket must be.
  const socket = join(tmpdir(), `hotfire-tuf-${randomUUID()}`);
  const service = await FileService.listen(publish(repository), socket);
  return {
    ...{ repository, service },
    machine: {
      network: { services: [{ guestPort: HTTP_PORT, socket }] },
      userData: [{ channel: 'fw-cfg', content: userData(settings) }],
    },
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  };
}

function userData(settings: readonly string[]): string {
  const url = `http://${SERVICES_ADDRESS}`;
  return [
    '[settings.updates]',
    `metadata-base-url = "${url}/metadata"`,
    `targets-base-url = "${url}/targets"`,
    ...settings,
    '',
  ].join('\n');
}
