import { Agent, request } from 'undici';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sampleDeployment } from './sample-deployment.ts';
import { type KubernetesServer, startKubernetes } from './start.ts';
import { clientOf } from './test-client.ts';

const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
const READER = [
  { verbs: ['get', 'list', 'patch'], groups: ['apps'], resources: ['deployments'], namespaces: ['default'] },
];

describe('access and logs of the API server for tests', () => {
  let server: KubernetesServer;
  let dispatcher: Agent;
  beforeAll(async () => {
    server = await startKubernetes();
    server.addUser('reader', 'rita', READER);
    dispatcher = new Agent({ connect: { ca: server.ca } });
  });
  afterAll(async () => {
    await dispatcher.destroy();
    await server.close();
  });

  async function logs(pod: string, query = ''): Promise<string> {
    const headers = { authorization: `Bearer ${server.token}` };
    const path = `/api/v1/namespaces/default/pods/${pod}/log${query}`;
    return (await request(`${server.url}${path}`, { headers, dispatcher })).body.text();
  }
  const podOf = (app: string) =>
    server.cluster.list('pods').find((pod) => pod.metadata.labels?.app === app)?.metadata.name ?? '';

  test('an unknown token is 401; what the rules do not allow is 403 in the words of RBAC, applies that create too', async () => {
    const stranger = clientOf(server, 'unknown');
    expect((await stranger.call('GET', DEPLOYMENTS)).body).toMatchObject({
      code: 401,
      reason: 'Unauthorized',
    });
    const reader = clientOf(server, 'reader');
    expect((await reader.call('GET', DEPLOYMENTS)).status).toBe(200);
    const refused = await reader.call('DELETE', `${DEPLOYMENTS}/web`);
    expect(refused.body).toMatchObject({
      code: 403,
      message:
        'deployments.apps "web" is forbidden: User "rita" cannot delete resource "deployments" in API group "apps" ' +
        'in the namespace "default"',
    });
    const path = `${DEPLOYMENTS}/web?fieldManager=a`;
    const applied = await reader.call(
      'PATCH',
      path,
      sampleDeployment('web', 'reg/a:1'),
      'application/apply-patch+yaml',
    );
    expect(applied.body.message).toContain('cannot create resource "deployments"');
    await Promise.all([stranger.close(), reader.close()]);
  });

  test('a review of access answers by the same rules', async () => {
    const reader = clientOf(server, 'reader');
    const ask = async (verb: string, namespace: string) => {
      const resourceAttributes = { verb, group: 'apps', resource: 'deployments', namespace };
      const review = {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes },
      };
      return (await reader.call('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', review))
        .body.status;
    };
    expect(await ask('patch', 'default')).toMatchObject({ allowed: true });
    expect(await ask('patch', 'other')).toEqual({ allowed: false });
    expect(await ask('create', 'default')).toEqual({ allowed: false });
    await reader.close();
  });

  test('logs come by tail, time and container, with times in front where asked', async () => {
    server.onImage('reg/talks', { is: 'ready', log: ['one', 'two', 'three'] });
    server.cluster.create(sampleDeployment('talks', 'reg/talks:1'));
    await server.settled();
    const pod = podOf('talks');
    expect(await logs(pod)).toBe('one\ntwo\nthree\n');
    expect(await logs(pod, '?tailLines=1')).toBe('three\n');
    await server.advance(60_000);
    server.log({ namespace: 'default', name: pod, container: 'main' }, 'four');
    const since = new Date(server.now() - 1000).toISOString();
    expect(await logs(pod, `?sinceTime=${since}&timestamps=true`)).toMatch(
      /^\d{4}-\d\d-\d\dT[\d:.]+Z four\n$/,
    );
    expect(await logs(pod, '?container=none')).toContain('container none is not valid for pod');
  });

  test('logs that are followed go on with new lines and end with the pod', async () => {
    server.cluster.create(sampleDeployment('followed', 'reg/a:1'));
    await server.settled();
    const pod = podOf('followed');
    const whole = logs(pod, '?follow=true');
    await server.until(() => server.requests.matching({ subresource: 'log', name: pod }).length === 1);
    server.log({ namespace: 'default', name: pod, container: 'main' }, 'later');
    server.cluster.remove('deployments', 'default', 'followed');
    expect(await whole).toBe('later\n');
  });

  test('the previous log of a crashed container is kept; a waiting one has none, in the words of the kubelet', async () => {
    server.onImage('reg/crash', { is: 'crashing', log: ['cannot reach the model'] });
    server.onImage('reg/missing', { is: 'waiting', reason: 'ImagePullBackOff' });
    server.cluster.create(sampleDeployment('crash', 'reg/crash:1'));
    server.cluster.create(sampleDeployment('missing', 'reg/missing:1'));
    await server.settled();
    expect(await logs(podOf('crash'), '?previous=true')).toBe('cannot reach the model\n');
    expect(await logs(podOf('missing'))).toContain('is waiting to start: trying and failing to pull image');
    expect(await logs(podOf('missing'), '?previous=true')).toContain('previous terminated container');
  });
});
