import { SERVICES_ADDRESS } from '../../qemu/argv/network.ts';
import { serviceSocket, type GuestService } from '../guest-service.ts';
import type { TlsIdentity } from '../http/certificate-authority.ts';
import { FileService } from '../http/file-service.ts';
import type { ContainerImages } from '../oci/image.ts';
import { publishImages } from './publish.ts';

const DEFAULT_PORT = 5000;
/** Where pods' first image comes from, and what names mean that begin with no registry. */
const MIRRORED = ['registry.k8s.io', 'docker.io'];

export interface RegistryOptions {
  /** The TCP port at which the guest finds it; default 5000. */
  readonly port?: number;
  /** What it shows as a server of HTTPS; default: it speaks plain HTTP. */
  readonly identity?: TlsIdentity;
  /** Registries whose images a machine looks for in this one first. Default: `MIRRORED`. */
  readonly mirrors?: readonly string[];
  /** User-data for the machine beside that about mirrors, such as whom it trusts. */
  readonly settings?: string;
}

/** A registry of container images, as a service that a machine reaches. It can be pulled from, not pushed to. */
export interface Registry extends GuestService, AsyncDisposable {
  /** Host and port, as the name of an image begins with. */
  readonly host: string;
  readonly url: string;
  /** Injects faults, asks for credentials by its gate, has a record of the requests. */
  readonly service: FileService;
  /** Replaces all images by these. */
  publish(images: ContainerImages): void;
}

/** @throws {InfrastructureError} when it can't listen. */
export async function serveRegistry(
  images: ContainerImages,
  { port = DEFAULT_PORT, identity, mirrors = MIRRORED, settings = '' }: RegistryOptions = {},
): Promise<Registry> {
  const socket = await serviceSocket();
  const service = await FileService.listen(publishImages(images), socket, identity);
  const host = `${SERVICES_ADDRESS}:${port}`;
  const url = `${identity === undefined ? 'http' : 'https'}://${host}`;
  return {
    ...{ host, url, service, port, socket },
    // Its own mirror, too: so a machine is told that it speaks plain HTTP.
    settings: mirrorSettings([...mirrors, ...(identity === undefined ? [host] : [])], url) + settings,
    publish(others) {
      service.files = publishImages(others);
    },
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  };
}

/** User-data by which images of these registries are looked for at `url` first. */
function mirrorSettings(registries: readonly string[], url: string): string {
  return registries
    .map(
      (registry) => `
[[settings.container-registry.mirrors]]
registry = ${JSON.stringify(registry)}
endpoint = [${JSON.stringify(url)}]
`,
    )
    .join('');
}
