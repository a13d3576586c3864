import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openCluster } from '#lib/testing/kubernetes-cluster.ts';
import { startRelay } from '#lib/testing/tcp-relay.ts';
import { type KubernetesServer, startKubernetes } from '#tests/kubernetes/start.ts';
import type { Cluster, LogQuery } from '../port.ts';

const FOLLOW: LogQuery = { container: 'app', isPrevious: false, follow: true };
const READ: LogQuery = { ...FOLLOW, follow: false };
const LOGS = { verb: 'get', resource: 'pods', subresource: 'log' };

let server: KubernetesServer;
let cluster: Cluster;
let relay: Awaited<ReturnType<typeof startRelay>>;
let name: string;

beforeAll(async () => {
  server = await startKubernetes({ namespaces: ['agents'] });
  relay = await startRelay(Number(new URL(server.url).port));
  cluster = await openCluster({ ...server, url: `https://127.0.0.1:${relay.port}` });
});
afterAll(async () => {
  await cluster.close();
  await relay.close();
  await server.close();
});

let count = 0;
/** A pod of its own for each test, with a container that runs. */
beforeEach(async () => {
  count += 1;
  const app = `logger-${count}`;
  server.cluster.create({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: app, namespace: 'agents' },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app } },
      template: { metadata: { labels: { app } }, spec: { containers: [{ name: 'app', image: app }] } },
    },
  });
  await server.settled();
  name =
    server.cluster.list('pods', 'agents').find(({ metadata }) => metadata.labels?.app === app)?.metadata
      .name ?? '';
  server.requests.clear();
});

const write = (text: string) => server.log({ namespace: 'agents', name, container: 'app' }, text);
const logs = (query: LogQuery, signal = AbortSignal.timeout(10_000)) =>
  cluster.logs({ namespace: 'agents', name }, query, signal);

test('a log is read with its times, from its end where that is asked', async () => {
  for (const line of ['one', 'two', 'three']) write(line);
  const read = await Array.fromAsync(logs({ ...READ, tailLines: 2 }));
  expect(read).toEqual([
    { atMs: server.now(), text: 'two' },
    { atMs: server.now(), text: 'three' },
  ]);
});

test('a log that is followed goes on where its connection broke, and tells nothing twice (pitfall C19)', async () => {
  const told: string[] = [];
  const stop = new AbortController();
  write('one');
  write('two at the same instant');
  const following = (async () => {
    for await (const { text } of logs(FOLLOW, stop.signal)) told.push(text);
  })();
  await server.until(() => told.length === 2);
  server.chaos.fail({ status: 500 }, LOGS, 2);
  relay.cut();
  write('three');
  await server.until(() => told.length === 3);
  await server.advance(1000);
  write('four');
  await server.until(() => told.length === 4);
  expect(told).toEqual(['one', 'two at the same instant', 'three', 'four']);
  stop.abort();
  await expect(following).rejects.toMatchObject({ code: 'timeout' });
});

test('a log of a pod that is not there, or of a container that did not start, is refused in words', async () => {
  const nobody = cluster.logs({ namespace: 'agents', name: 'nobody' }, FOLLOW, AbortSignal.timeout(10_000));
  await expect(Array.fromAsync(nobody)).rejects.toMatchObject({ code: 'not_found' });
  await expect(Array.fromAsync(logs({ ...READ, isPrevious: true }))).rejects.toMatchObject({
    code: 'invalid',
    message: expect.stringContaining('previous terminated container'),
  });
});
