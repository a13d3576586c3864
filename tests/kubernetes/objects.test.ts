import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sampleDeployment } from './sample-deployment.ts';
import { type KubernetesServer, startKubernetes } from './start.ts';
import { clientOf } from './test-client.ts';

const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
const MERGE = 'application/merge-patch+json';
const STRATEGIC = 'application/strategic-merge-patch+json';

describe('objects of the API server for tests', () => {
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

  test('a created object gets an identity, defaults and its first generation; again it exists already', async () => {
    const made = await client.call('POST', DEPLOYMENTS, sampleDeployment('one', 'reg/a:1'));
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      metadata: { generation: 1 },
      spec: { replicas: 1, revisionHistoryLimit: 10 },
    });
    expect(made.body.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
    const again = await client.call('POST', DEPLOYMENTS, sampleDeployment('one', 'reg/a:1'));
    expect(again.body).toMatchObject({
      kind: 'Status',
      code: 409,
      reason: 'AlreadyExists',
      message: 'deployments.apps "one" already exists',
      details: { name: 'one', group: 'apps', kind: 'deployments' },
    });
  });

  test('an update from a version that is no longer the last is refused', async () => {
    const { body: first } = await client.call('POST', DEPLOYMENTS, sampleDeployment('stale', 'reg/a:1'));
    const next = { ...first, metadata: { ...first.metadata, labels: { tier: 'a' } } };
    expect((await client.call('PUT', `${DEPLOYMENTS}/stale`, next)).status).toBe(200);
    const late = await client.call('PUT', `${DEPLOYMENTS}/stale`, next);
    expect(late.body).toMatchObject({ code: 409, reason: 'Conflict' });
    expect(late.body.message).toBe(
      'Operation cannot be fulfilled on deployments.apps "stale": the object has been modified; ' +
        'please apply your changes to the latest version and try again',
    );
  });

  test('the generation counts changes of the spec, and of annotations of a Deployment, not of labels', async () => {
    await client.call('POST', DEPLOYMENTS, sampleDeployment('counted', 'reg/a:1'));
    const patch = async (body: unknown) =>
      (await client.call('PATCH', `${DEPLOYMENTS}/counted`, body, MERGE)).body.metadata.generation;
    expect(await patch({ metadata: { labels: { tier: 'a' } } })).toBe(1);
    expect(await patch({ spec: { replicas: 3 } })).toBe(2);
    expect(await patch({ metadata: { annotations: { note: 'a' } } })).toBe(3);
    expect(await patch({ spec: { replicas: 3 } })).toBe(3);
  });

  test('a dry run answers with what would be, and leaves the version as it is', async () => {
    const { body: before } = await client.call('POST', DEPLOYMENTS, sampleDeployment('dry', 'reg/a:1'));
    const path = `${DEPLOYMENTS}/dry`;
    const tried = await client.call('PATCH', `${path}?dryRun=All`, { spec: { replicas: 7 } }, MERGE);
    expect(tried.body).toMatchObject({ spec: { replicas: 7 }, metadata: { generation: 2 } });
    const after = await client.call('GET', path);
    expect(after.body.metadata.resourceVersion).toBe(before.metadata.resourceVersion);
  });

  test('patches are read by their content type: lists are replaced or merged by key; others are 415', async () => {
    await client.call('POST', DEPLOYMENTS, sampleDeployment('patched', 'reg/a:1'));
    const path = `${DEPLOYMENTS}/patched`;
    const containers = [{ name: 'main', image: 'reg/a:2' }];
    const body = { spec: { template: { spec: { containers } } } };
    const merged = await client.call('PATCH', path, body, STRATEGIC);
    expect(merged.body).toMatchObject({
      spec: { template: { spec: { containers: [{ image: 'reg/a:2', ports: [{ containerPort: 8080 }] }] } } },
    });
    const replaced = await client.call('PATCH', path, body, MERGE);
    expect(JSON.stringify(replaced.body)).not.toContain('8080');
    const operations = [{ op: 'replace', path: '/spec/replicas', value: 4 }];
    const operated = await client.call('PATCH', path, operations, 'application/json-patch+json');
    expect(operated.body).toMatchObject({ spec: { replicas: 4 } });
    const strange = await client.call('PATCH', path, body, 'application/json');
    expect(strange.body).toMatchObject({ code: 415, reason: 'UnsupportedMediaType' });
  });

  test('a template that the selector does not match is refused with the field', async () => {
    await client.call('POST', DEPLOYMENTS, sampleDeployment('selected', 'reg/a:1'));
    const operations = [{ op: 'replace', path: '/spec/template/metadata/labels/app', value: 'other' }];
    const path = `${DEPLOYMENTS}/selected`;
    const refused = await client.call('PATCH', path, operations, 'application/json-patch+json');
    expect(refused.body).toMatchObject({
      code: 422,
      message:
        'Deployment.apps "selected" is invalid: spec.template.metadata.labels: Invalid value: ' +
        '{"app":"other"}: `selector` does not match template `labels`',
      details: { causes: [{ reason: 'FieldValueInvalid', field: 'spec.template.metadata.labels' }] },
    });
  });

  test('lists are chosen by labels and names and come in pages of one moment, whose tokens expire', async () => {
    const maps = '/api/v1/namespaces/default/configmaps';
    for (const name of ['a', 'b', 'c']) {
      const metadata = { name, labels: { letter: name } };
      await client.call('POST', maps, { apiVersion: 'v1', kind: 'ConfigMap', metadata });
    }
    const names = (body: unknown) =>
      (body as { items: { metadata: { name: string } }[] }).items.map(({ metadata }) => metadata.name);
    const chosen = encodeURIComponent('letter in (a,c),!tier');
    expect(names((await client.call('GET', `${maps}?labelSelector=${chosen}`)).body)).toEqual(['a', 'c']);
    expect(names((await client.call('GET', `${maps}?fieldSelector=metadata.name%3Db`)).body)).toEqual(['b']);
    const items = (await client.call('GET', maps)).body.items as object[];
    expect(Object.keys(items[0] ?? {})).toEqual(['metadata']);
    const first = await client.call('GET', `${maps}?limit=2`);
    expect(names(first.body)).toEqual(['a', 'b']);
    server.cluster.remove('configmaps', 'default', 'c');
    const token = String(first.body.metadata.continue);
    expect(names((await client.call('GET', `${maps}?limit=2&continue=${token}`)).body)).toEqual(['c']);
    server.chaos.expireContinues();
    const late = await client.call('GET', `${maps}?limit=2&continue=${token}`);
    expect(late.body).toMatchObject({ code: 410, reason: 'Expired' });
  });

  test('a missing namespace, object or kind is 404 in the words of the API server', async () => {
    const made = await client.call('POST', '/api/v1/namespaces/none/configmaps', {
      ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } },
    });
    expect(made.body).toMatchObject({ code: 404, message: 'namespaces "none" not found' });
    const object = await client.call('GET', `${DEPLOYMENTS}/none`);
    expect(object.body).toMatchObject({ code: 404, message: 'deployments.apps "none" not found' });
    const kind = await client.call('GET', '/apis/kagent.dev/v1alpha2/agents');
    expect(kind.body).toMatchObject({ message: 'the server could not find the requested resource' });
  });

  test('the scale of a workload is read and changed on its own path', async () => {
    await client.call('POST', DEPLOYMENTS, sampleDeployment('scaled', 'reg/a:1', { replicas: 2 }));
    const path = `${DEPLOYMENTS}/scaled/scale`;
    const scale = await client.call('GET', path);
    expect(scale.body).toMatchObject({
      kind: 'Scale',
      spec: { replicas: 2 },
      status: { selector: 'app=scaled' },
    });
    await client.call('PATCH', path, { spec: { replicas: 5 } }, MERGE);
    expect(server.cluster.get('deployments', 'default', 'scaled')).toMatchObject({
      spec: { replicas: 5 },
      metadata: { generation: 2 },
    });
  });
});
