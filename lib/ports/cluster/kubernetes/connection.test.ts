import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startProxy } from '#lib/testing/connect-proxy.ts';
import { openCluster } from '#lib/testing/kubernetes-cluster.ts';
import { opened } from '#lib/testing/outbound-policy.ts';
import { makeCertificate } from '#lib/testing/tls.ts';
import { type KubernetesServer, startKubernetes } from '#tests/kubernetes/start.ts';
import type { Cluster, ObjectKind } from '../port.ts';
import { proxyOf } from './proxy.ts';

const CONFIG_MAPS: ObjectKind = { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps' };
const PLACE = { kind: CONFIG_MAPS, namespace: 'agents' };
const LIST = { verb: 'list', resource: 'configmaps' };
const soon = () => AbortSignal.timeout(10_000);

let server: KubernetesServer;
const folder = mkdtempSync(join(tmpdir(), 'pitwall-cluster-'));
const ends: (() => Promise<void>)[] = [];

beforeAll(async () => {
  server = await startKubernetes({ namespaces: ['agents'] });
});
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  server.requests.clear();
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await server.close();
});

async function open(more: Parameters<typeof openCluster>[1] = {}): Promise<Cluster> {
  const cluster = await openCluster(server, more);
  ends.push(() => cluster.close());
  return cluster;
}

const list = async (cluster: Cluster) => cluster.list(PLACE, {}, soon());

/** A service account as a pod finds it. */
function serviceAccount(token: string) {
  writeFileSync(join(folder, 'ca.crt'), server.ca);
  writeFileSync(join(folder, 'token'), `${token}\n`);
  const { hostname: host, port } = new URL(server.url);
  return { kubeconfig: null, inCluster: { host, port, folder } };
}

test('deployment S-70: credentials come from where the cluster says, and from nowhere else', async () => {
  const nothing = { inCluster: null, kubeconfig: null };
  await expect(open({ access: { from: 'in-cluster' }, operator: nothing })).rejects.toMatchObject({
    code: 'unauthorized',
    message: 'Pitwall does not run in a cluster: it finds no service account.',
  });
  await expect(
    open({ access: { from: 'kubeconfig', context: null }, operator: nothing }),
  ).rejects.toMatchObject({
    message: 'No kubeconfig was given to Pitwall: KUBECONFIG is not set.',
  });
  const file = join(folder, 'kubeconfig');
  writeFileSync(file, server.kubeconfig());
  const operator = { inCluster: null, kubeconfig: file };
  expect(await list(await open({ access: { from: 'kubeconfig', context: 'test' }, operator }))).toEqual([]);
  await expect(open({ access: { from: 'kubeconfig', context: 'other' }, operator })).rejects.toMatchObject({
    message: 'The kubeconfig has no context other with a cluster and a user.',
  });
});

test('deployment S-71: a token that was renewed is read again as soon as the old one is refused', async () => {
  server.addUser('first', 'pod', [{ verbs: ['*'], groups: ['*'], resources: ['*'] }]);
  const cluster = await open({ access: { from: 'in-cluster' }, operator: serviceAccount('first') });
  expect(await list(cluster)).toEqual([]);
  server.addUser('second', 'pod', [{ verbs: ['*'], groups: ['*'], resources: ['*'] }]);
  server.revokeToken('first');
  serviceAccount('second');
  expect(await list(cluster)).toEqual([]);
  expect(server.requests.matching(LIST).map(({ status }) => status)).toEqual([200, 401, 200]);
  server.revokeToken('second');
  await expect(list(cluster)).rejects.toMatchObject({ code: 'unauthorized', httpStatus: 401 });
  expect(server.requests.matching(LIST)).toHaveLength(5);
});

test('a token that was given is refused at once', async () => {
  const user = { token: 'unknown', clientCertificate: null, clientKey: null };
  await expect(list(await open({ given: { user } }))).rejects.toMatchObject({ code: 'unauthorized' });
  expect(server.requests.matching(LIST)).toHaveLength(1);
});

test('deployment S-72: a cluster is believed by its CA alone, unless its check is switched off', async () => {
  await expect(list(await open({ given: { ca: null } }))).rejects.toMatchObject({
    code: 'untrusted',
    message: expect.stringContaining('give'),
  });
  const { cert } = makeCertificate();
  await expect(list(await open({ given: { ca: cert } }))).rejects.toMatchObject({ code: 'untrusted' });
  expect(server.requests.matching(LIST)).toEqual([]);
  expect(await list(await open({ given: { ca: null, skipTlsVerify: true } }))).toEqual([]);
  await expect(open({ given: { server: 'http://10.0.0.1' } })).rejects.toMatchObject({ code: 'untrusted' });
});

test('deployment S-72: a certificate of another name is told as one', async () => {
  const other = await startKubernetes({ subjectAltName: 'DNS:cluster.test' });
  ends.push(() => other.close());
  const given = { server: other.url, ca: other.ca };
  await expect(list(await open({ given }))).rejects.toMatchObject({
    code: 'untrusted',
    message: 'The cluster is not trusted: its certificate is for another name than the address has.',
  });
  const user = { token: other.token, clientCertificate: null, clientKey: null };
  expect(await list(await open({ given: { ...given, user, tlsServerName: 'cluster.test' } }))).toEqual([]);
});

test('security O4: an address that no admin opened is not called, as a number or by a name', async () => {
  await expect(open({ policy: opened() })).rejects.toMatchObject({
    code: 'unreachable',
    message: expect.stringContaining('OUTBOUND_ALLOW'),
  });
  await expect(open({ policy: { ...opened('127.0.0.0/8'), ports: [[443, 443]] } })).rejects.toMatchObject({
    message: expect.stringContaining('OUTBOUND_PORTS'),
  });
  expect(server.requests.requests).toEqual([]);
});

test('a cluster behind a proxy is reached through it, with the same checks of its certificate (pitfall C14)', async () => {
  const proxy = await startProxy();
  ends.push(() => proxy.close());
  const behind = await open({ proxyFor: () => proxy.url });
  expect(await list(behind)).toEqual([]);
  expect(proxy.targets).toEqual([new URL(server.url).host]);
  const distrusting = await open({ proxyFor: () => proxy.url, given: { ca: null } });
  await expect(list(distrusting)).rejects.toMatchObject({ code: 'untrusted' });
  await expect(open({ proxyFor: () => 'socks5://127.0.0.1:1' })).rejects.toMatchObject({
    code: 'unreachable',
  });
});

test.each([
  ['cluster.example.com', '', true],
  ['cluster.example.com', 'other.test,cluster.example.com', false],
  ['cluster.example.com', '.example.com', false],
  ['cluster.example.com', '*.example.com', false],
  ['example.com', '.example.com', true],
  ['Cluster.Example.com', 'cluster.example.COM', false],
  ['10.0.0.1', '*', false],
])('%s with NO_PROXY %j goes through the proxy: %s (pitfall C14)', (host, except, isProxied) => {
  const url = 'http://proxy.test:3128';
  expect(proxyOf(host, { url, except })).toBe(isProxied ? url : null);
  expect(proxyOf(host, { url: null, except })).toBeNull();
});

test('requests of one cluster share connections (pitfall C2)', async () => {
  const cluster = await open();
  await list(cluster);
  const { total } = server.connections;
  for (let index = 0; index < 20; index += 1) await list(cluster);
  // The next request may come while the connection of the last one is being freed.
  expect(server.connections.total).toBeLessThanOrEqual(total + 1);
});

test('a read waits as long as a busy cluster asks, and a write is told (pitfall C13)', async () => {
  const cluster = await open();
  server.chaos.fail({ status: 429, retryAfterSeconds: 0 }, LIST, 2);
  expect(await list(cluster)).toEqual([]);
  expect(server.requests.matching(LIST)).toHaveLength(3);
  const ref = { kind: CONFIG_MAPS, namespace: 'agents', name: 'one' };
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one' } };
  server.chaos.fail({ status: 429, retryAfterSeconds: 7 }, { verb: 'patch' }, 1);
  const options = { fieldManager: 'pitwall', force: false, dryRun: false };
  await expect(cluster.apply(ref, object, options, soon())).rejects.toMatchObject({
    code: 'busy',
    retryAfterMs: 7000,
  });
  expect(server.requests.matching({ verb: 'patch' })).toHaveLength(1);
});

test('a read whose connection broke is sent once more, a write is not: nobody knows whether it was done', async () => {
  const cluster = await open();
  server.chaos.fail('reset', LIST, 1);
  expect(await list(cluster)).toEqual([]);
  server.chaos.fail('reset', { verb: 'delete' }, 1);
  const gone = cluster.remove({ kind: CONFIG_MAPS, namespace: 'agents', name: 'one' }, soon());
  await expect(gone).rejects.toMatchObject({ code: 'unreachable' });
  expect(server.requests.matching({ verb: 'delete' })).toHaveLength(1);
});

test('deployment S-59: a cluster that says nothing is given up when the caller’s time is over', async () => {
  const cluster = await open();
  server.chaos.fail('hang', LIST, 1);
  await expect(cluster.list(PLACE, {}, AbortSignal.timeout(50))).rejects.toMatchObject({
    code: 'timeout',
    message: 'The cluster did not answer in time.',
  });
});

test('deployment S-05, S-11: what is sent is what was given, unknown fields included, and force only with an apply', async () => {
  const cluster = await open();
  const ref = { kind: CONFIG_MAPS, namespace: 'agents', name: 'whole' };
  const object = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'whole', namespace: 'agents', managedFields: [] },
    fieldOfTomorrow: { kept: true },
  };
  await cluster.apply(ref, object, { fieldManager: 'pitwall', force: true, dryRun: true }, soon());
  await cluster.patch(ref, { form: 'merge', body: {} }, { dryRun: true }, soon()).catch(() => undefined);
  const [applied, patched] = server.requests.matching({ verb: 'patch' });
  expect(JSON.parse(applied?.body ?? '')).toEqual({
    ...object,
    metadata: { name: 'whole', namespace: 'agents' },
  });
  expect(applied?.contentType).toBe('application/apply-patch+yaml');
  expect(Object.fromEntries(applied?.query ?? [])).toEqual({
    fieldManager: 'pitwall',
    force: 'true',
    dryRun: 'All',
  });
  expect(patched?.query.has('force')).toBe(false);
});

test('deployment S-08: an apply without the right to create says so in the words of the cluster', async () => {
  server.addUser('patcher', 'patcher', [
    { verbs: ['get', 'patch'], groups: [''], resources: ['configmaps'] },
  ]);
  const user = { token: 'patcher', clientCertificate: null, clientKey: null };
  const cluster = await open({ given: { user } });
  const ref = { kind: CONFIG_MAPS, namespace: 'agents', name: 'new' };
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'new' } };
  const options = { fieldManager: 'pitwall', force: false, dryRun: false };
  await expect(cluster.apply(ref, object, options, soon())).rejects.toMatchObject({
    code: 'forbidden',
    message: expect.stringContaining('cannot create resource "configmaps"'),
  });
});
