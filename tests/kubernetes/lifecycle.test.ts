import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { customKind } from './custom-kind.ts';
import { sampleDeployment } from './sample-deployment.ts';
import { type KubernetesServer, startKubernetes } from './start.ts';
import { clientOf } from './test-client.ts';

describe('how objects and kinds of the API server for tests come and go', () => {
  let server: KubernetesServer;
  let client: ReturnType<typeof clientOf>;
  beforeAll(async () => {
    server = await startKubernetes({ namespaces: ['shop'] });
    client = clientOf(server);
  });
  afterAll(async () => {
    await client.close();
    await server.close();
  });

  const route = { group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', plural: 'httproutes' };

  test('a definition brings its kind with the most stable version first, and takes its objects along', async () => {
    const versions = ['v1alpha2', 'v1beta1', 'v1'];
    const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    const made = await client.call('POST', definitions, customKind({ ...route, versions, isScalable: true }));
    expect(made.status).toBe(201);
    const group = await client.call('GET', '/apis/gateway.networking.k8s.io');
    expect(group.body).toMatchObject({
      preferredVersion: { version: 'v1' },
      versions: [{ version: 'v1' }, { version: 'v1beta1' }, { version: 'v1alpha2' }],
    });
    const path = (version: string) => `/apis/gateway.networking.k8s.io/${version}/namespaces/shop/httproutes`;
    const object = {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { name: 'split' },
    };
    await client.call('POST', path('v1'), { ...object, spec: { rules: [], replicas: 1 } });
    expect((await client.call('GET', `${path('v1beta1')}/split`)).body).toMatchObject({
      apiVersion: 'gateway.networking.k8s.io/v1beta1',
      metadata: { generation: 1 },
    });
    expect((await client.call('GET', `${path('v1')}/split/scale`)).body).toMatchObject({
      spec: { replicas: 1 },
    });
    const status = { status: { parents: [] }, spec: { rules: [1] } };
    await client.call('PATCH', `${path('v1')}/split/status`, status, 'application/merge-patch+json');
    expect(server.cluster.get('httproutes', 'shop', 'split')).toMatchObject({
      metadata: { generation: 1 },
      spec: { rules: [] },
      status: { parents: [] },
    });
    await client.call('DELETE', `${definitions}/httproutes.gateway.networking.k8s.io`);
    expect((await client.call('GET', path('v1'))).status).toBe(404);
  });

  test('what has a finalizer is marked, and goes when the last one is taken off', async () => {
    const metadata = { name: 'held', namespace: 'shop', finalizers: ['pitwall.dev/hold'] };
    server.cluster.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata });
    const path = '/api/v1/namespaces/shop/configmaps/held';
    expect((await client.call('DELETE', path)).body.metadata.deletionTimestamp).toBeDefined();
    expect((await client.call('GET', path)).status).toBe(200);
    await client.call('PATCH', path, { metadata: { finalizers: null } }, 'application/merge-patch+json');
    expect((await client.call('GET', path)).status).toBe(404);
  });

  test('an orphaned ReplicaSet lives on without its Deployment; a deleted namespace takes all along', async () => {
    server.cluster.create(sampleDeployment('parent', 'reg/a:1', { namespace: 'shop' }));
    await server.settled();
    const body = { propagationPolicy: 'Orphan' };
    await client.call('DELETE', '/apis/apps/v1/namespaces/shop/deployments/parent', body);
    await server.settled();
    expect(server.cluster.list('replicasets', 'shop')).toHaveLength(1);
    expect(server.cluster.list('pods', 'shop')).toHaveLength(1);
    await client.call('DELETE', '/api/v1/namespaces/shop');
    await server.settled();
    expect(server.cluster.list('pods', 'shop')).toEqual([]);
    expect((await client.call('GET', '/api/v1/namespaces/shop')).status).toBe(404);
  });

  test('a collection is deleted by its labels; a dry run deletes nothing', async () => {
    const maps = '/api/v1/namespaces/default/configmaps';
    for (const name of ['a', 'b']) {
      const metadata = { name, namespace: 'default', labels: { letter: name } };
      server.cluster.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata });
    }
    await client.call('DELETE', `${maps}/a?dryRun=All`);
    await client.call('DELETE', `${maps}?labelSelector=letter%3Db`);
    expect(server.cluster.list('configmaps', 'default').map(({ metadata }) => metadata.name)).toEqual(['a']);
  });

  test('a Secret keeps what it is told in plain text encoded', async () => {
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'key' },
      stringData: { token: 'abc' },
    };
    const made = await client.call('POST', '/api/v1/namespaces/default/secrets', secret);
    expect(made.body).toMatchObject({ data: { token: 'YWJj' } });
    expect(made.body.stringData).toBeUndefined();
  });
});
