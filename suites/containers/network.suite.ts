import { containerSuite, expect } from '../../harness/index.ts';
import { inside, resting, WORKLOAD } from '../support/workload.ts';
import { running } from './support/running.ts';

const test = running(containerSuite());

const PORT = 8080;
const REQUEST = 'GET / HTTP/1.0\r\n\r\n';

test('containers reach each other by TCP', async ({ containers }) => {
  const server = await containers.run({ name: 'server', image: WORKLOAD, args: ['http', String(PORT)] });
  const client = await resting(containers, 'client');
  const address = await server.address();
  expect(address).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
  expect(await client.address()).not.toBe(address);
  await expect
    .poll(async () => (await inside(client, 'connect', address, String(PORT), REQUEST)).stdout, {
      timeout: 60_000,
    })
    .toMatch(/^HTTP\/1\.[01] 200 /);
});

test('a container has a loopback of its own', async ({ containers }) => {
  await containers.run({ name: 'server', image: WORKLOAD, args: ['http', String(PORT)] });
  const client = await resting(containers, 'client');
  const answer = await inside(client, 'connect', '127.0.0.1', String(PORT), REQUEST);
  expect(answer).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('refused') as string });
});

test('a container cannot reach the host API or its runtime', async ({ containers }) => {
  const client = await resting(containers, 'client');
  const gateway = (await client.address()).replace(/\d+$/, '1');
  const { stdout } = await inside(client, 'cat', '/proc/net/unix');
  expect(stdout).not.toMatch(/api\.sock|containerd|docker/);
  for (const port of ['80', '443', '2375', '8080', '10010']) {
    const { exitCode, stderr } = await inside(client, 'connect', gateway, port);
    expect({ port, exitCode, refused: /refused|timed out|unreachable/.test(stderr) }).toEqual({
      ...{ port, exitCode: 1, refused: true },
    });
  }
});
