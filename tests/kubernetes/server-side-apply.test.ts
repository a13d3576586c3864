import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { customKind } from './custom-kind.ts';
import type { KubeObject } from './objects.ts';
import { asDeployment, sampleDeployment } from './sample-deployment.ts';
import { type KubernetesServer, startKubernetes } from './start.ts';
import { clientOf } from './test-client.ts';

const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';

describe('server-side apply of the API server for tests', () => {
  let server: KubernetesServer;
  let client: ReturnType<typeof clientOf>;
  beforeAll(async () => {
    server = await startKubernetes();
    server.stopControllers();
    client = clientOf(server);
  });
  afterAll(async () => {
    await client.close();
    await server.close();
  });

  function apply(object: KubeObject, manager: string, query = '') {
    const path = `${DEPLOYMENTS}/${object.metadata.name}?fieldManager=${manager}${query}`;
    return client.call('PATCH', path, object, 'application/apply-patch+yaml');
  }

  const partOf = (name: string, spec: Record<string, unknown>): KubeObject => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'default' },
    spec,
  });

  test('the first apply makes the object and owns its fields; the same again changes nothing', async () => {
    const object = sampleDeployment('same', 'reg/a:1', { replicas: 2 });
    const first = await apply(object, 'pitwall');
    expect(first.status).toBe(201);
    expect(first.body.metadata.managedFields).toMatchObject([
      { manager: 'pitwall', operation: 'Apply', fieldsV1: { 'f:spec': { 'f:replicas': {} } } },
    ]);
    server.advance(5000);
    const again = await apply(object, 'pitwall');
    expect(again.status).toBe(200);
    expect(again.body).toEqual(first.body);
  });

  test('what the manager leaves out is removed, or set to its default, unless somebody else owns it', async () => {
    const object = sampleDeployment('less', 'reg/a:1', { replicas: 3 });
    object.metadata.labels = { mine: 'a', shared: 'b' };
    await apply(object, 'pitwall');
    const shared = sampleDeployment('less', 'reg/a:1');
    shared.metadata.labels = { shared: 'b' };
    await apply(shared, 'other');
    const less = await apply(sampleDeployment('less', 'reg/a:1'), 'pitwall');
    expect(less.body.metadata.labels).toEqual({ shared: 'b' });
    expect(less.body).toMatchObject({ spec: { replicas: 1 } });
  });

  test('items that the manager leaves out go by their key, those that somebody else has part of stay', async () => {
    const withEnv = (...env: { name: string; value: string }[]) => {
      const object = sampleDeployment('items', 'reg/a:1');
      asDeployment(object).spec.template.spec.containers = [
        { name: 'main', image: 'reg/a:1', env },
        { name: 'side', image: 'reg/b:1' },
      ];
      return object;
    };
    await apply(withEnv({ name: 'A', value: '1' }, { name: 'B', value: '2' }), 'pitwall');
    const level = [{ name: 'main', env: [{ name: 'LEVEL', value: 'debug' }] }];
    await apply(partOf('items', { template: { spec: { containers: level } } }), 'operator');
    const less = withEnv({ name: 'B', value: '3' });
    asDeployment(less).spec.template.spec.containers.pop();
    const { body } = await apply(less, 'pitwall');
    expect(asDeployment(body).spec.template.spec.containers).toMatchObject([
      { name: 'main', env: [{ name: 'B', value: '3' }, { name: 'LEVEL' }] },
    ]);
  });

  test('replicas are handed over by a manager that holds them while the first lets go', async () => {
    await apply(sampleDeployment('handed', 'reg/a:1', { replicas: 4 }), 'pitwall');
    await apply(partOf('handed', { replicas: 4 }), 'handover');
    const left = await apply(sampleDeployment('handed', 'reg/a:1'), 'pitwall');
    expect(left.body).toMatchObject({ spec: { replicas: 4 }, metadata: { generation: 1 } });
  });

  test('what somebody made without apply is theirs: the first apply of another value conflicts', async () => {
    await client.call('POST', DEPLOYMENTS, sampleDeployment('made', 'reg/a:1'));
    const refused = await apply(sampleDeployment('made', 'reg/a:2'), 'pitwall');
    expect(refused.body.message).toMatch(
      /^Apply failed with 1 conflict: conflict with "tester" using apps\/v1 at /,
    );
    expect((await apply(sampleDeployment('made', 'reg/a:1'), 'pitwall')).status).toBe(200);
  });

  test('a field of another manager is a conflict with the field and the manager', async () => {
    await apply(sampleDeployment('fought', 'reg/a:1', { replicas: 2 }), 'other');
    const refused = await apply(sampleDeployment('fought', 'reg/a:2', { replicas: 2 }), 'pitwall');
    expect(refused.body).toMatchObject({
      code: 409,
      reason: 'Conflict',
      message:
        'Apply failed with 1 conflict: conflict with "other": .spec.template.spec.containers[name="main"].image',
      details: {
        causes: [
          {
            reason: 'FieldManagerConflict',
            message: 'conflict with "other"',
            field: '.spec.template.spec.containers[name="main"].image',
          },
        ],
      },
    });
  });

  test('by force the fields change hands, and the next apply of the other manager conflicts', async () => {
    await apply(sampleDeployment('forced', 'reg/a:1'), 'other');
    const forced = await apply(sampleDeployment('forced', 'reg/a:2'), 'pitwall', '&force=true');
    expect(forced.status).toBe(200);
    const back = await apply(sampleDeployment('forced', 'reg/a:1'), 'other');
    expect(back.body).toMatchObject({
      code: 409,
      details: { causes: [{ message: 'conflict with "pitwall"' }] },
    });
  });

  test('an update takes fields from appliers, with its subresource and time in the words of the conflict', async () => {
    const object = sampleDeployment('scaled', 'reg/a:1', { replicas: 2 });
    await apply(object, 'pitwall');
    const merge = 'application/merge-patch+json';
    await client.call('PATCH', `${DEPLOYMENTS}/scaled/scale`, { spec: { replicas: 5 } }, merge);
    const entries = server.cluster.get('deployments', 'default', 'scaled')?.metadata.managedFields;
    const owners = entries?.filter(({ fieldsV1 }) => JSON.stringify(fieldsV1).includes('f:replicas'));
    expect(owners).toMatchObject([{ manager: 'tester', operation: 'Update', subresource: 'scale' }]);
    const refused = await apply(object, 'pitwall');
    const at = new Date(server.now()).toISOString().replace(/\.\d+Z/, 'Z');
    expect(refused.body).toMatchObject({
      message: `Apply failed with 1 conflict: conflict with "tester" with subresource "scale" using apps/v1 at ${at}: .spec.replicas`,
    });
  });

  test('lists of custom kinds belong to one manager as a whole', async () => {
    server.cluster.create(
      customKind({ group: 'kagent.dev', kind: 'Agent', plural: 'agents', versions: ['v1alpha2'] }),
    );
    const agent = (names: string[]) => ({
      apiVersion: 'kagent.dev/v1alpha2',
      kind: 'Agent',
      metadata: { name: 'helper' },
      spec: { tools: names.map((name) => ({ name })) },
    });
    const path = '/apis/kagent.dev/v1alpha2/namespaces/default/agents/helper?fieldManager=';
    const yaml = 'application/apply-patch+yaml';
    await client.call('PATCH', `${path}one`, agent(['a', 'b']), yaml);
    const refused = await client.call('PATCH', `${path}two`, agent(['c']), yaml);
    expect(refused.body).toMatchObject({ details: { causes: [{ field: '.spec.tools' }] } });
    const forced = await client.call('PATCH', `${path}two&force=true`, agent(['c']), yaml);
    expect(forced.body).toMatchObject({ spec: { tools: [{ name: 'c' }] } });
    const strategic = 'application/strategic-merge-patch+json';
    const unknown = await client.call('PATCH', `${path}two`, { spec: {} }, strategic);
    expect(unknown.status).toBe(415);
  });

  test('an apply without a manager, and force on another patch, are refused', async () => {
    const yaml = 'application/apply-patch+yaml';
    const nameless = await client.call(
      'PATCH',
      `${DEPLOYMENTS}/same`,
      sampleDeployment('same', 'reg/a:1'),
      yaml,
    );
    expect(nameless.body).toMatchObject({
      code: 422,
      message: expect.stringContaining('fieldManager: Required'),
    });
    const forced = await client.call(
      'PATCH',
      `${DEPLOYMENTS}/same?force=true`,
      {},
      'application/merge-patch+json',
    );
    expect(forced.body).toMatchObject({ code: 422, message: expect.stringContaining('force: Forbidden') });
  });
});
