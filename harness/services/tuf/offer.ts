import type { Image } from '../../image/open.ts';
import { SERVICES_ADDRESS } from '../../qemu/argv/network.ts';
import { serviceSocket, type GuestService } from '../guest-service.ts';
import { FileService } from '../http/file-service.ts';
import { imageTrust, imageUpdate } from './image-update.ts';
import { publish } from './publish.ts';
import { createRepository, type Repository } from './repository.ts';
import { manifestTarget, type UpdateManifest } from './update-manifest.ts';

const HTTP_PORT = 80;

/** The same for all, so that one template serves all machines; what differs is set through the host API. */
const SETTINGS = `
[settings.updates]
metadata-base-url = "http://${SERVICES_ADDRESS}/metadata"
targets-base-url = "http://${SERVICES_ADDRESS}/targets"
`;

type Entry = UpdateManifest['updates'][number];

/** An update repository, as a service that a machine reaches. */
export interface Offer extends GuestService, AsyncDisposable {
  /** As `offer` made it: honest. Tests derive others from it. */
  readonly repository: Repository;
  readonly service: FileService;
  /** Publishes other images in place of these, as `offer` does. */
  replace(images: readonly [Image, ...Image[]], entry?: EntryChange): Promise<void>;
}

/** What the manifest says of an update in place of the truth. */
export type EntryChange = (update: Entry) => Partial<Entry>;

/**
 * Offers images to machines that trust the first one's keys.
 *
 * @throws {UsageError} for an image that brings no update images or keys.
 */
export async function offer(images: readonly [Image, ...Image[]], entry?: EntryChange): Promise<Offer> {
  const socket = await serviceSocket();
  let repository = await repositoryOf(images, entry);
  const service = await FileService.listen(publish(repository), socket);
  return {
    ...{ service, socket },
    port: HTTP_PORT,
    settings: SETTINGS,
    get repository() {
      return repository;
    },
    async replace(others, change) {
      repository = await repositoryOf(others, change);
      service.files = publish(repository);
    },
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  };
}

async function repositoryOf(
  images: readonly [Image, ...Image[]],
  entry: EntryChange = () => ({}),
): Promise<Repository> {
  const { keys, firstRoot } = await imageTrust(images[0]);
  const offered = images.map(imageUpdate);
  const updates = offered.map(({ update }) => ({ ...update, ...entry(update) }));
  return createRepository(keys, firstRoot, [
    manifestTarget({ updates, migrations: {} }),
    ...offered.flatMap(({ targets }) => targets),
  ]);
}
