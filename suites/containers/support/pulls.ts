import { expect, GrpcError } from '../../../harness/index.ts';
import type { ContainerImage, Registry, Vm } from '../../../harness/index.ts';

/** Expects that the machine refuses an image for this reason, and has nothing of it afterwards. */
export async function refuses(vm: Vm, name: string, reason: RegExp): Promise<void> {
  const error = await vm.cri.pull(name).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(GrpcError);
  const { details } = error as GrpcError;
  expect(details).toMatch(reason);
  expect(details).toContain(name.split(/[:@]/)[0]);
  expect(await tags(vm)).not.toContain(name);
}

/** The names of the images that are there. */
export async function tags(vm: Vm): Promise<string[]> {
  return (await vm.cri.images()).flatMap(({ repoTags }) => repoTags);
}

/** The uppermost layer of an image, as the path of a request. */
export function layerOfRequests({ blobs }: ContainerImage): RegExp {
  const digest = blobs.at(-1)?.descriptor.digest;
  return new RegExp(`/blobs/${digest ?? 'none'}$`);
}

/** What the machine fetched of an image, without what it asked for in vain. */
export function fetched({ service: { requests } }: Registry, part: RegExp): string[] {
  return requests
    .filter(({ method, path, status }) => method === 'GET' && status < 300 && part.test(path))
    .map(({ path }) => path);
}
