import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Pod } from './controllers/workloads.ts';
import { controllerOf } from './objects.ts';
import { asDeployment, sampleDeployment } from './sample-deployment.ts';
import { type KubernetesServer, startKubernetes } from './start.ts';
import { openWatch } from './watch-client.ts';

describe('controllers of the API server for tests', () => {
  let server: KubernetesServer;
  beforeAll(async () => {
    server = await startKubernetes({ namespaces: ['tight'] });
  });
  afterAll(() => server.close());

  const deployment = (name: string, namespace = 'default') =>
    asDeployment(server.cluster.get('deployments', namespace, name));
  const progress = (name: string, namespace?: string) =>
    deployment(name, namespace).status?.conditions?.find(({ type }) => type === 'Progressing');
  const setsOf = (name: string) =>
    server.cluster.list('replicasets').filter((set) => controllerOf(set)?.name === name);
  const podsOf = (name: string) =>
    server.cluster.list('pods').filter((pod) => pod.metadata.labels?.app === name) as Pod[];
  const setImage = (name: string, image: string) =>
    server.cluster.edit('deployments', 'default', name, (draft) => {
      const { template } = asDeployment(draft).spec;
      template.spec.containers = [{ name: 'main', image }];
    });

  test('a new Deployment has its ReplicaSet, ready pods with digests and a full status at once', async () => {
    server.cluster.create(sampleDeployment('fresh', 'reg/a:1@sha256:abc', { replicas: 3 }));
    await server.settled();
    expect(deployment('fresh').status).toMatchObject({
      observedGeneration: 1,
      replicas: 3,
      updatedReplicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
    });
    expect(deployment('fresh').metadata).toMatchObject({
      generation: 1,
      annotations: { 'deployment.kubernetes.io/revision': '1' },
    });
    expect(progress('fresh')).toMatchObject({ status: 'True', reason: 'NewReplicaSetAvailable' });
    const [pod] = podsOf('fresh');
    expect(pod?.metadata.labels?.['pod-template-hash']).toBe(
      setsOf('fresh')[0]?.metadata.labels?.['pod-template-hash'],
    );
    expect(pod?.status?.containerStatuses).toMatchObject([{ ready: true, imageID: 'reg/a@sha256:abc' }]);
  });

  test('a rolling update never has fewer pods available than it may, and keeps the old revision', async () => {
    server.cluster.create(sampleDeployment('rolled', 'reg/a:1', { replicas: 4 }));
    await server.settled();
    const from = deployment('rolled').metadata.resourceVersion;
    const path = `/apis/apps/v1/namespaces/default/deployments?watch=1&resourceVersion=${from}`;
    const watch = await openWatch(server, `${path}&fieldSelector=metadata.name%3Drolled`);
    setImage('rolled', 'reg/a:2');
    await server.settled();
    const last = deployment('rolled').metadata.resourceVersion;
    await server.until(() => watch.events.at(-1)?.object.metadata.resourceVersion === last);
    const seen = watch.events.map(({ object }) => asDeployment(object).status);
    await watch.close();
    expect(Math.min(...seen.map((status) => status?.availableReplicas ?? 0))).toBe(3);
    expect(Math.max(...seen.map((status) => status?.replicas ?? 0))).toBe(5);
    expect(new Set(seen.map((status) => status?.updatedReplicas ?? 0)).size).toBeGreaterThan(2);
    expect(progress('rolled')).toMatchObject({ reason: 'NewReplicaSetAvailable' });
    const revisions = setsOf('rolled').map(({ metadata, spec }) => [
      metadata.annotations?.['deployment.kubernetes.io/revision'],
      (spec as { replicas: number }).replicas,
    ]);
    expect(revisions.sort()).toEqual([
      ['1', 0],
      ['2', 4],
    ]);
  });

  test('going back to a template makes its ReplicaSet the newest revision', async () => {
    server.cluster.create(sampleDeployment('back', 'reg/a:1'));
    await server.settled();
    setImage('back', 'reg/a:2');
    await server.settled();
    server.cluster.edit('deployments', 'default', 'back', (draft) => {
      asDeployment(draft).spec.template = asDeployment(sampleDeployment('back', 'reg/a:1')).spec.template;
    });
    await server.settled();
    const revisions = setsOf('back').map(
      (set) => set.metadata.annotations?.['deployment.kubernetes.io/revision'],
    );
    expect(revisions.sort()).toEqual(['2', '3']);
  });

  test('an image that cannot be pulled keeps the rollout waiting until its deadline', async () => {
    server.onImage('reg/missing', { is: 'waiting', reason: 'ImagePullBackOff' });
    server.cluster.create(
      sampleDeployment('unpulled', 'reg/missing:1', { spec: { progressDeadlineSeconds: 60 } }),
    );
    await server.settled();
    expect(podsOf('unpulled')[0]?.status).toMatchObject({
      phase: 'Pending',
      containerStatuses: [{ state: { waiting: { reason: 'ImagePullBackOff' } } }],
    });
    await server.advance(59_000);
    expect(progress('unpulled')).toMatchObject({ status: 'True' });
    await server.advance(3000);
    expect(progress('unpulled')).toMatchObject({ status: 'False', reason: 'ProgressDeadlineExceeded' });
    const events = server.cluster.list('events', 'default').map(({ reason }) => reason);
    expect(events).toContain('Failed');
  });

  test('a crashing container counts its restarts with the time and keeps how it ended', async () => {
    server.onImage('reg/crash', { is: 'crashing', exitCode: 137, reason: 'OOMKilled', log: ['no memory'] });
    server.cluster.create(sampleDeployment('crashes', 'reg/crash:1'));
    await server.settled();
    const status = () => podsOf('crashes')[0]?.status?.containerStatuses?.[0];
    expect(status()).toMatchObject({
      restartCount: 1,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } },
    });
    await server.advance(20_000);
    expect(status()?.restartCount).toBe(3);
  });

  test('a quota lets the Deployment in and keeps its pods out, with the limit in the words', async () => {
    const metadata = { name: 'few', namespace: 'tight' };
    server.cluster.create({
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata,
      spec: { hard: { pods: '1' } },
    });
    server.cluster.create(sampleDeployment('many', 'reg/a:1', { namespace: 'tight', replicas: 2 }));
    await server.settled();
    const failure = deployment('many', 'tight').status?.conditions?.find(
      ({ type }) => type === 'ReplicaFailure',
    );
    expect(failure).toMatchObject({ status: 'True', reason: 'FailedCreate' });
    expect(failure?.message).toMatch(
      /exceeded quota: few, requested: pods=1, used: pods=1, limited: pods=1$/,
    );
    server.cluster.edit('resourcequotas', 'tight', 'few', (draft) => {
      draft.spec = { hard: { pods: '5' } };
    });
    await server.settled();
    expect(deployment('many', 'tight').status).toMatchObject({ availableReplicas: 2 });
  });

  test('a pod that no node takes is Unschedulable; one that is slow is ready when its time has come', async () => {
    server.onImage('reg/huge', {
      is: 'unschedulable',
      message: '0/3 nodes are available: 3 Insufficient memory.',
    });
    server.onImage('reg/slow', { is: 'ready', afterMs: 30_000 });
    server.cluster.create(sampleDeployment('huge', 'reg/huge:1'));
    server.cluster.create(sampleDeployment('slow', 'reg/slow:1'));
    await server.settled();
    expect(podsOf('huge')[0]?.status?.conditions).toMatchObject([
      { type: 'PodScheduled', reason: 'Unschedulable' },
    ]);
    expect(deployment('slow').status?.availableReplicas).toBeUndefined();
    await server.advance(31_000);
    expect(deployment('slow').status?.availableReplicas).toBe(1);
  });

  test('a paused Deployment waits for its resumption; Recreate is without pods in between', async () => {
    server.cluster.create(sampleDeployment('paused', 'reg/a:1', { spec: { paused: true } }));
    await server.settled();
    expect(progress('paused')).toMatchObject({ status: 'Unknown', reason: 'DeploymentPaused' });
    expect(setsOf('paused')).toEqual([]);
    server.cluster.edit('deployments', 'default', 'paused', (draft) => {
      asDeployment(draft).spec.paused = false;
    });
    await server.settled();
    expect(deployment('paused').status?.availableReplicas).toBe(1);

    server.cluster.create(
      sampleDeployment('anew', 'reg/a:1', { replicas: 2, spec: { strategy: { type: 'Recreate' } } }),
    );
    await server.settled();
    setImage('anew', 'reg/a:2');
    const counts = new Set<number>();
    await server.until(() => {
      counts.add(podsOf('anew').length);
      return (
        podsOf('anew').every(({ spec }) => spec.containers[0]?.image === 'reg/a:2') &&
        deployment('anew').status?.availableReplicas === 2
      );
    });
    expect(Math.max(...counts)).toBe(2);
  });

  test('stopped controllers leave a generation unobserved; deleting a Deployment takes everything with it', async () => {
    server.cluster.create(sampleDeployment('gone', 'reg/a:1'));
    await server.settled();
    server.stopControllers();
    setImage('gone', 'reg/a:2');
    expect(deployment('gone').metadata.generation).toBe(2);
    expect(deployment('gone').status?.observedGeneration).toBe(1);
    server.startControllers();
    await server.settled();
    expect(deployment('gone').status?.observedGeneration).toBe(2);
    server.cluster.remove('deployments', 'default', 'gone');
    await server.settled();
    expect([setsOf('gone'), podsOf('gone')]).toEqual([[], []]);
  });

  test('StatefulSets update pod by pod down to the partition; DaemonSets have one pod a node', async () => {
    const { spec } = sampleDeployment('stateful', 'reg/a:1', { replicas: 3 });
    const common = { apiVersion: 'apps/v1', metadata: { name: 'stateful', namespace: 'default' } };
    server.cluster.create({ ...common, kind: 'StatefulSet', spec });
    server.cluster.create({
      ...common,
      kind: 'DaemonSet',
      metadata: { ...common.metadata, name: 'each' },
      spec,
    });
    await server.settled();
    const set = () => server.cluster.get('statefulsets', 'default', 'stateful');
    expect(set()).toMatchObject({ status: { observedGeneration: 1, readyReplicas: 3, updatedReplicas: 3 } });
    server.cluster.edit('statefulsets', 'default', 'stateful', (draft) => {
      const changed = asDeployment(draft);
      changed.spec.updateStrategy = { type: 'RollingUpdate', rollingUpdate: { partition: 2 } };
      changed.spec.template.spec.containers = [{ name: 'main', image: 'reg/a:2' }];
    });
    await server.settled();
    expect(set()).toMatchObject({ status: { observedGeneration: 2, readyReplicas: 3, updatedReplicas: 1 } });
    expect(server.cluster.get('daemonsets', 'default', 'each')).toMatchObject({
      status: { desiredNumberScheduled: 1, updatedNumberScheduled: 1, numberAvailable: 1 },
    });
  });
});
