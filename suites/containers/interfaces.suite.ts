import { describe, expect, GrpcError, GuestApiError, suite } from '../../harness/index.ts';

const test = suite();

describe("containerd's Container Runtime Interface", () => {
  test('answers as version 1, and is ready', async ({ vm }) => {
    const version = await vm.cri.version();
    expect(version).toMatchObject({ runtimeName: 'containerd', runtimeApiVersion: 'v1' });
    const { status } = await vm.cri.status();
    expect(status.conditions).toContainEqual(expect.objectContaining({ type: 'RuntimeReady', status: true }));
  });

  test('has no image, pod or container that nobody asked for', async ({ vm }) => {
    expect(await vm.cri.images()).toEqual([]);
    expect(await vm.cri.pods()).toEqual([]);
    expect(await vm.cri.containers()).toEqual([]);
  });

  test('refuses what is not there by its name', async ({ vm }) => {
    const error = await vm.cri.containerStatus('nobody').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(GrpcError);
    expect(error).toMatchObject({ code: 'NOT_FOUND', details: expect.stringContaining('nobody') as string });
  });
});

describe("the Docker Engine's API", () => {
  test('answers, and has no image or container that nobody asked for', async ({ vm }) => {
    await vm.docker.ping();
    expect((await vm.docker.version()).version).toMatch(/^\d+\.\d+\.\d+/);
    expect(await vm.docker.images()).toEqual([]);
    expect(await vm.docker.list()).toEqual([]);
  });

  test('refuses what is not there by its name', async ({ vm }) => {
    const error = await vm.docker.inspect('nobody').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(GuestApiError);
    expect(error).toMatchObject({ status: 404, body: expect.stringContaining('nobody') as string });
  });
});
