import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#lib/kernel/clock.ts';
import type { Pod } from './controllers/workloads.ts';
import { controllerOf } from './objects.ts';
import { asDeployment, sampleDeployment } from './sample-deployment.ts';
import { type KubernetesServer, startKubernetes } from './start.ts';

describe('what rollouts of the API server for tests meet on their way', () => {
  let server: KubernetesServer;
  beforeAll(async () => {
    server = await startKubernetes();
  });
  afterAll(() => server.close());

  const deployment = (name: string) => asDeployment(server.cluster.get('deployments', 'default', name));
  const progress = (name: string) =>
    deployment(name).status?.conditions?.find(({ type }) => type === 'Progressing');
  const podOf = (name: string) =>
    server.cluster.list('pods').find(({ metadata }) => metadata.labels?.app === name) as Pod | undefined;
  const sizesOf = (name: string) =>
    server.cluster
      .list('replicasets')
      .filter((set) => controllerOf(set)?.name === name)
      .map((set) => asDeployment(set).spec.replicas)
      .sort((a, b) => b - a);
  const change = (name: string, edit: (spec: ReturnType<typeof asDeployment>['spec']) => void) => {
    server.cluster.edit('deployments', 'default', name, (draft) => edit(asDeployment(draft).spec));
    return server.settled();
  };
  const setImage = (name: string, image: string) =>
    change(name, ({ template }) => {
      template.spec.containers = [{ name: 'main', image }];
    });

  test('a rollout whose pods never get ready stands still with the old ones there, and more replicas are shared', async () => {
    server.onImage('reg/never', { is: 'ready', afterMs: Number.POSITIVE_INFINITY });
    server.cluster.create(sampleDeployment('shared', 'reg/a:1', { replicas: 8 }));
    await server.settled();
    await setImage('shared', 'reg/never:1');
    expect(sizesOf('shared')).toEqual([6, 4]);
    await change('shared', (spec) => {
      spec.replicas = 16;
    });
    expect(sizesOf('shared')).toEqual([12, 8]);
    expect(deployment('shared').status).toMatchObject({
      replicas: 20,
      availableReplicas: 12,
      updatedReplicas: 8,
    });
    server.onImage('reg/never', { is: 'ready' });
    await server.settled();
    expect(sizesOf('shared')).toEqual([16, 0]);
  });

  test('no replicas are complete at once', async () => {
    server.cluster.create(sampleDeployment('none', 'reg/a:1', { replicas: 0 }));
    await server.settled();
    expect(progress('none')?.reason).toBe('NewReplicaSetAvailable');
    expect(deployment('none').status?.replicas).toBeUndefined();
  });

  test('no more old ReplicaSets stay than the history may hold', async () => {
    server.cluster.create(sampleDeployment('forgets', 'reg/a:1', { spec: { revisionHistoryLimit: 1 } }));
    for (const version of [2, 3, 4]) {
      await server.settled();
      await setImage('forgets', `reg/a:${version}`);
    }
    expect(sizesOf('forgets')).toEqual([1, 0]);
  });

  test('the deadline stands still in a pause and starts anew with the resumption', async () => {
    server.onImage('reg/late', { is: 'ready', afterMs: Number.POSITIVE_INFINITY });
    server.cluster.create(
      sampleDeployment('pausing', 'reg/late:1', { spec: { progressDeadlineSeconds: 60 } }),
    );
    await server.advance(30_000);
    await change('pausing', (spec) => {
      spec.paused = true;
    });
    await server.advance(120_000);
    expect(progress('pausing')?.reason).toBe('DeploymentPaused');
    await change('pausing', (spec) => {
      spec.paused = false;
    });
    await server.advance(50_000);
    expect(progress('pausing')?.reason).toBe('DeploymentResumed');
    await server.advance(15_000);
    expect(progress('pausing')?.reason).toBe('ProgressDeadlineExceeded');
  });

  test('pods count as available only after minReadySeconds', async () => {
    server.cluster.create(sampleDeployment('careful', 'reg/a:1', { spec: { minReadySeconds: 20 } }));
    await server.settled();
    expect(deployment('careful').status).toMatchObject({ readyReplicas: 1, unavailableReplicas: 1 });
    await server.advance(21_000);
    expect(deployment('careful').status).toMatchObject({ availableReplicas: 1 });
  });

  test('an init container that fails keeps the others from starting', async () => {
    server.onImage('reg/setup', {
      is: 'waiting',
      reason: 'CreateContainerConfigError',
      message: 'no secret "key"',
    });
    const object = sampleDeployment('setup', 'reg/a:1');
    asDeployment(object).spec.template.spec.initContainers = [{ name: 'prepare', image: 'reg/setup:1' }];
    server.cluster.create(object);
    await server.settled();
    expect(podOf('setup')?.status).toMatchObject({
      phase: 'Pending',
      initContainerStatuses: [
        { state: { waiting: { reason: 'CreateContainerConfigError', message: 'no secret "key"' } } },
      ],
      containerStatuses: [{ state: { waiting: { reason: 'ContainerCreating' } } }],
    });
    server.onImage('reg/setup', { is: 'ready' });
    await server.settled();
    expect(podOf('setup')?.status).toMatchObject({
      phase: 'Running',
      initContainerStatuses: [{ state: { terminated: { exitCode: 0 } } }],
    });
  });

  test('between crashes a container may run, with its restarts and last end kept', async () => {
    server.onImage('reg/flaps', { is: 'crashing', restarts: 4, isRunning: true });
    server.cluster.create(sampleDeployment('flaps', 'reg/flaps:1'));
    await server.settled();
    expect(podOf('flaps')?.status?.containerStatuses).toMatchObject([
      { ready: false, restartCount: 4, state: { running: {} }, lastState: { terminated: { exitCode: 1 } } },
    ]);
  });

  test('with a clock that runs by itself, what waits for time comes due by itself', async () => {
    const running = await startKubernetes({ clock: systemClock });
    running.onImage('reg/soon', { is: 'ready', afterMs: 1000 });
    running.cluster.create(sampleDeployment('soon', 'reg/soon:1'));
    await running.until(
      () =>
        asDeployment(running.cluster.get('deployments', 'default', 'soon')).status?.availableReplicas === 1,
    );
    await running.close();
  });
});
