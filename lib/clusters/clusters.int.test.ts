import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { listAuditRows } from '#lib/audit/queries.ts';
import { execute } from '#lib/command/define-command.ts';
import { ask } from '#lib/command/define-query.ts';
import { createLog } from '#lib/kernel/log.ts';
import type { ClusterView } from '#lib/model/cluster.ts';
import { openKubernetes } from '#lib/ports/cluster/kubernetes/kubernetes-cluster.ts';
import { commandContext, everyFeature, userActor } from '#lib/testing/command-context.ts';
import { makeTeam } from '#lib/testing/factories.ts';
import { optionsOf } from '#lib/testing/kubernetes-cluster.ts';
import { opened } from '#lib/testing/outbound-policy.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { type KubernetesServer, startKubernetes } from '#tests/kubernetes/start.ts';
import { checkClusters } from './check-clusters.ts';
import { checkCluster, connectCluster, deleteCluster, reconnectCluster, updateCluster } from './manage.ts';
import { createOpenClusters, type OpenClusters } from './open-clusters.ts';
import { listClusters } from './queries.ts';

const CONFIG_MAPS = { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps' };
const soon = () => AbortSignal.timeout(10_000);

let world: World;
let server: KubernetesServer;
let teamId: string;
let context: ReturnType<typeof commandContext>;
let clusters: OpenClusters;

beforeAll(async () => {
  world = await createWorld();
  server = await startKubernetes({ namespaces: ['agents', 'other'] });
});
beforeEach(async () => {
  teamId = (await makeTeam(world)).id;
  context = commandContext(world, { features: everyFeature });
  clusters = createOpenClusters({
    ...{ db: world.db, sealer: context.deps.sealer },
    open: (access) => openKubernetes(optionsOf(server, { access })),
  });
  server.requests.clear();
  return () => clusters.close();
});
afterAll(async () => {
  await server.close();
  await world.close();
});

const admin = () => userActor(teamId, 'admin');
const input = (more: object = {}) => ({
  ...{ name: 'production', namespaces: ['agents'], form: 'token' },
  ...{ server: server.url, ca: server.ca, token: server.token, ...more },
});
const connect = async (more: object = {}) =>
  (await execute(context, admin(), connectCluster, input(more))).id;
const check = () => checkClusters({ db: world.db, clusters, log: createLog('test', 'silent') }, soon());

async function view(id: string): Promise<ClusterView> {
  const { items } = await ask(context, admin(), listClusters, {});
  const found = items.find((item) => item.id === id);
  if (!found) throw new Error('no such cluster');
  return found;
}

const ledger = async () => JSON.stringify(await listAuditRows(world.db, teamId, 100));

test('a cluster that was connected is looked at by a worker, and its credentials are shown to nobody', async () => {
  const id = await connect();
  expect(await view(id)).toMatchObject({ isChecking: true, access: null, lastContactAt: null, hasCa: true });
  await check();
  const checked = await view(id);
  expect(checked).toMatchObject({ isChecking: false, lastError: null });
  expect(checked.lastContactAt).not.toBeNull();
  expect(checked.access?.every(({ isAllowed }) => isAllowed)).toBe(true);
  const told = JSON.stringify([checked, await ledger()]);
  expect(told).toContain('cluster.connect');
  expect(told).not.toContain(server.token);
  // Nothing is left to be done.
  server.requests.clear();
  await check();
  expect(server.requests.requests).toEqual([]);
});

test('deployment S-73: what the credentials may not do is told for each namespace, with the reason', async () => {
  server.addUser('reader', 'reader', [
    {
      verbs: ['list', 'watch'],
      groups: ['', 'apps'],
      resources: ['pods', 'deployments'],
      namespaces: ['agents'],
    },
  ]);
  const id = await connect({ token: 'reader', namespaces: ['agents', 'other'] });
  await check();
  const { access } = await view(id);
  const allowed = access
    ?.filter(({ isAllowed }) => isAllowed)
    .map(({ namespace, says }) => `${namespace}: ${says}`);
  expect(allowed).toEqual(['agents: See pods', 'agents: See workloads']);
  expect(access).toContainEqual(
    expect.objectContaining({ namespace: 'agents', says: 'Deploy and roll back', isAllowed: false }),
  );
});

test('a cluster that cannot be reached says why in words, and is asked again when somebody wants to know', async () => {
  const id = await connect({ token: 'unknown' });
  await check();
  const lastError = 'The cluster refuses the credentials: Unauthorized';
  expect(await view(id)).toMatchObject({ isChecking: false, lastError, access: null });
  await execute(context, admin(), checkCluster, { id });
  expect(await view(id)).toMatchObject({ isChecking: true });
  await execute(context, admin(), reconnectCluster, {
    id,
    ...only(input(), ['form', 'server', 'ca', 'token']),
  });
  expect(await view(id)).toMatchObject({ lastError: null });
  await check();
  expect(await view(id)).toMatchObject({ isChecking: false, lastError: null });
});

function only(from: Record<string, unknown>, names: readonly string[]) {
  return Object.fromEntries(names.map((name) => [name, from[name]]));
}

test('deployment S-72: a connection that believes whoever answers is marked and stands in the ledger', async () => {
  const id = await connect({ ca: null, skipTlsVerify: true });
  await check();
  expect(await view(id)).toMatchObject({ skipTlsVerify: true, hasCa: false, lastError: null });
  expect(await ledger()).toContain('"skipTlsVerify":true');
});

test('deployment S-69: namespaces are names, and others than those that were allowed are never asked for', async () => {
  await expect(connect({ namespaces: ['Agents!'] })).rejects.toMatchObject({ code: 'invalid' });
  await expect(connect({ namespaces: [] })).rejects.toMatchObject({ code: 'invalid' });
  const id = await connect();
  const cluster = await clusters.get(teamId, id);
  const other = { kind: CONFIG_MAPS, namespace: 'other', name: 'x' };
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x', namespace: 'other' } };
  const manager = { fieldManager: 'pitwall', force: false, dryRun: false };
  const refused = expect.objectContaining({ code: 'forbidden' });
  for (const asked of [
    cluster.read(other, soon()),
    cluster.list({ kind: CONFIG_MAPS, namespace: null }, {}, soon()),
    cluster.apply({ ...other, namespace: 'agents' }, object, manager, soon()),
    cluster.patch(other, { form: 'merge', body: {} }, { dryRun: false }, soon()),
    cluster.remove(other, soon()),
    cluster.read({ ...other, namespace: '../kube-system' }, soon()),
    Array.fromAsync(
      cluster.logs(
        { namespace: 'other', name: 'x' },
        { container: 'x', isPrevious: false, follow: false },
        soon(),
      ),
    ),
    cluster.mayI([{ verb: 'get', group: '', resource: 'pods', namespace: 'other' }], soon()),
  ])
    await expect(asked).rejects.toEqual(refused);
  expect(server.requests.requests).toEqual([]);
  expect(await cluster.list({ kind: CONFIG_MAPS, namespace: 'agents' }, {}, soon())).toEqual([]);
  await execute(context, admin(), updateCluster, { id, name: 'production', namespaces: ['other'] });
  const changed = await clusters.get(teamId, id);
  expect(await changed.read(other, soon())).toBeNull();
});

test('deployment S-70: credentials of Pitwall itself are lent only by who governs it, where it was started for that', async () => {
  const form = { name: 'own', namespaces: ['agents'], form: 'in-cluster' };
  await expect(execute(context, admin(), connectCluster, form)).rejects.toMatchObject({ code: 'invalid' });
  context.deps.kubernetesMode = 'in-cluster';
  await expect(execute(context, admin(), connectCluster, form)).rejects.toMatchObject({ code: 'forbidden' });
  const governor = userActor(teamId, 'admin', {
    permissions: new Set([...admin().permissions, 'installation:update']),
  });
  const { id } = await execute(context, governor, connectCluster, form);
  expect(await view(id)).toMatchObject({ from: 'in-cluster', server: null });
});

test('security O4: an address inside the network is refused at the field, unless an admin opened it', async () => {
  context.deps.outbound = opened();
  await expect(connect()).rejects.toMatchObject({
    code: 'invalid',
    issues: [{ path: 'server', message: expect.stringContaining('OUTBOUND_ALLOW') }],
  });
  await expect(connect({ form: 'pasted', kubeconfig: server.kubeconfig() })).rejects.toMatchObject({
    issues: [{ path: 'kubeconfig', message: expect.stringContaining('OUTBOUND_ALLOW') }],
  });
});

test('a kubeconfig that was pasted connects, and its text is not kept', async () => {
  const id = await connect({
    form: 'pasted',
    kubeconfig: server.kubeconfig(),
    server: null,
    token: null,
    ca: null,
  });
  await check();
  expect(await view(id)).toMatchObject({ server: server.url, hasCa: true, lastError: null });
});

test('security Z4: the clusters of another team are not there, to see, to use or to change', async () => {
  const id = await connect();
  const other = userActor((await makeTeam(world)).id, 'admin');
  expect((await ask(context, other, listClusters, {})).items).toEqual([]);
  await expect(clusters.get(other.teamId, id)).rejects.toMatchObject({ code: 'not_found' });
  const edit = { id, name: 'mine', namespaces: ['agents'] };
  await expect(execute(context, other, updateCluster, edit)).rejects.toMatchObject({ code: 'not_found' });
  await expect(execute(context, other, deleteCluster, { id })).rejects.toMatchObject({ code: 'not_found' });
  const viewer = userActor(teamId, 'viewer');
  await expect(execute(context, viewer, deleteCluster, { id })).rejects.toMatchObject({ code: 'forbidden' });
  expect((await ask(context, viewer, listClusters, {})).items).toHaveLength(1);
});

test('a name is taken once in a team, and a cluster that was removed is used no more', async () => {
  const id = await connect();
  await expect(connect()).rejects.toMatchObject({ code: 'conflict' });
  await clusters.get(teamId, id);
  await execute(context, admin(), deleteCluster, { id });
  await expect(clusters.get(teamId, id)).rejects.toMatchObject({ code: 'not_found' });
  await expect(execute(context, admin(), checkCluster, { id })).rejects.toMatchObject({ code: 'not_found' });
  await connect();
});
