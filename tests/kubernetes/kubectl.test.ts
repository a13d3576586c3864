import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { customKind } from './custom-kind.ts';
import { kubectlFor, whyNoKubectl } from './kubectl.ts';
import { sampleDeployment } from './sample-deployment.ts';
import { type KubernetesServer, startKubernetes } from './start.ts';

const WHY_NOT = whyNoKubectl();
if (WHY_NOT) process.stdout.write(`not run: the API server for tests is not judged by kubectl: ${WHY_NOT}\n`);
/** Each test calls kubectl some times; on a busy machine a call takes a second or more. */
const LIMIT_MS = 60_000;
const APPLY = ['apply', '--server-side', '--validate=false', '-f'];

describe.skipIf(WHY_NOT)(
  'the real kubectl finds the API server for tests to be one',
  { timeout: LIMIT_MS },
  () => {
    let server: KubernetesServer;
    let kubectl: ReturnType<typeof kubectlFor>;
    beforeAll(async () => {
      server = await startKubernetes();
      kubectl = kubectlFor(server.kubeconfig());
    });
    afterAll(async () => {
      kubectl.close();
      await server.close();
    });

    const words = async (...args: string[]) => (await kubectl.run(...args)).text;
    const patchesSoFar = () => server.requests.matching({ verb: 'patch' }).length;

    test('apply, get, rollout status and wait', async () => {
      const file = kubectl.manifest(sampleDeployment('web', 'reg/web:1', { replicas: 2 }));
      expect(await words(...APPLY, file)).toBe('deployment.apps/web serverside-applied');
      expect(await words('rollout', 'status', 'deploy/web')).toContain('successfully rolled out');
      expect(await words('wait', '--for=condition=Available', 'deploy/web')).toBe(
        'deployment.apps/web condition met',
      );
      expect((await words('get', 'pods', '-l', 'app=web', '-o', 'name')).split('\n')).toHaveLength(2);
      expect(await words('get', 'deploy', 'web', '-o', 'jsonpath={.status.readyReplicas}')).toBe('2');
      expect(await words('get', 'deploy', 'none')).toBe(
        'Error from server (NotFound): deployments.apps "none" not found',
      );
    });

    test('history, undo, undo to what is there, to what is not', async () => {
      server.cluster.create(sampleDeployment('back', 'reg/back:1'));
      await server.settled();
      const container = JSON.stringify({
        spec: { template: { spec: { containers: [{ name: 'main', image: 'reg/back:2' }] } } },
      });
      expect(await words('patch', 'deploy/back', '-p', container)).toBe('deployment.apps/back patched');
      await server.settled();
      expect(await words('rollout', 'history', 'deploy/back')).toMatch(/\n1 +<none>\n2 +<none>$/);
      expect(await words('rollout', 'undo', 'deploy/back')).toBe('deployment.apps/back rolled back');
      await server.settled();
      expect(await words('rollout', 'history', 'deploy/back')).toMatch(/CHANGE-CAUSE\n2 +<none>\n3 +<none>$/);
      const before = patchesSoFar();
      expect(await words('rollout', 'undo', 'deploy/back', '--to-revision=3')).toContain('skipped rollback');
      expect(await words('rollout', 'undo', 'deploy/back', '--to-revision=9')).toContain(
        'unable to find specified revision 9',
      );
      expect(patchesSoFar()).toBe(before);
    });

    test('restart, pause, resume and scale', async () => {
      server.cluster.create(sampleDeployment('acted', 'reg/acted:1'));
      await server.settled();
      expect(await words('rollout', 'restart', 'deploy/acted')).toBe('deployment.apps/acted restarted');
      expect(await words('rollout', 'status', 'deploy/acted')).toContain('successfully rolled out');
      expect(await words('rollout', 'pause', 'deploy/acted')).toBe('deployment.apps/acted paused');
      expect(await words('rollout', 'restart', 'deploy/acted')).toContain("can't restart paused deployment");
      expect(await words('rollout', 'resume', 'deploy/acted')).toBe('deployment.apps/acted resumed');
      expect(await words('scale', 'deploy/acted', '--replicas=3')).toBe('deployment.apps/acted scaled');
      expect(await words('rollout', 'status', 'deploy/acted')).toContain('successfully rolled out');
      const paths = [
        '{.status.availableReplicas}',
        '{.metadata.annotations.deployment\\.kubernetes\\.io/revision}',
      ];
      expect(await words('get', 'deploy', 'acted', '-o', `jsonpath=${paths.join(' ')}`)).toBe('3 2');
    });

    test('a conflict names the field and its manager, and force takes it over', async () => {
      const first = kubectl.manifest(sampleDeployment('fought', 'reg/fought:1'));
      const second = kubectl.manifest(sampleDeployment('fought', 'reg/fought:2'));
      await kubectl.run(...APPLY, first, '--field-manager=other');
      const refused = await kubectl.run(...APPLY, second);
      expect(refused.code).toBe(1);
      expect(refused.text).toContain(
        'Apply failed with 1 conflict: conflict with "other": .spec.template.spec.containers[name="main"].image\n' +
          'Please review the fields above--they currently have other managers.',
      );
      expect(await words(...APPLY, second, '--force-conflicts')).toBe(
        'deployment.apps/fought serverside-applied',
      );
      expect(await words(...APPLY, second, '--dry-run=server')).toBe(
        'deployment.apps/fought serverside-applied (server dry run)',
      );
    });

    test('a rollout beyond its deadline fails', async () => {
      server.onImage('reg/missing', { is: 'waiting', reason: 'ImagePullBackOff' });
      server.cluster.create(
        sampleDeployment('late', 'reg/missing:1', { spec: { progressDeadlineSeconds: 60 } }),
      );
      await server.settled();
      await server.advance(62_000);
      const { code, text } = await kubectl.run('rollout', 'status', 'deploy/late');
      expect([code, text]).toEqual([1, 'error: deployment "late" exceeded its progress deadline']);
    });

    test('logs are followed to the end of the pod, and those of the crashed container are there', async () => {
      server.onImage('reg/talks', { is: 'ready', log: ['begun'] });
      server.onImage('reg/crash', { is: 'crashing', log: ['no model'] });
      server.cluster.create(sampleDeployment('talks', 'reg/talks:1'));
      server.cluster.create(sampleDeployment('crash', 'reg/crash:1'));
      await server.settled();
      const podOf = (app: string) =>
        server.cluster.list('pods').find(({ metadata }) => metadata.labels?.app === app)?.metadata.name ?? '';
      const pod = podOf('talks');
      const following = kubectl.start('logs', '-f', pod);
      await server.until(() => following.printed === 'begun\n', LIMIT_MS);
      server.log({ namespace: 'default', name: pod, container: 'main' }, 'more');
      await server.until(() => following.printed === 'begun\nmore\n', LIMIT_MS);
      expect(await words('logs', podOf('crash'), '--previous')).toBe('no model');
      expect(await words('delete', 'deploy', 'talks')).toBe('deployment.apps "talks" deleted');
      await server.until(() => following.hasEnded, LIMIT_MS);
    });

    test('what may be done is answered and held to by the same rules', async () => {
      server.addUser('reader', 'rita', [
        { verbs: ['get', 'list'], groups: ['apps'], resources: ['deployments'] },
      ]);
      server.cluster.create(sampleDeployment('readable', 'reg/readable:1'));
      const reader = kubectlFor(server.kubeconfig('reader'));
      expect((await reader.run('auth', 'can-i', 'list', 'deployments')).text).toBe('yes');
      expect((await reader.run('auth', 'can-i', 'patch', 'deployments', '--subresource=scale')).text).toBe(
        'no',
      );
      const refused = await reader.run('rollout', 'restart', 'deploy/readable');
      expect(refused.text).toContain('User "rita" cannot patch resource "deployments" in API group "apps"');
      reader.close();
    });

    test('kinds that a definition makes are found by their names', async () => {
      server.cluster.create(
        customKind({
          group: 'kagent.dev',
          kind: 'Agent',
          plural: 'agents',
          versions: ['v1alpha1', 'v1alpha2'],
        }),
      );
      const metadata = { name: 'helper' };
      const file = kubectl.manifest({
        apiVersion: 'kagent.dev/v1alpha2',
        kind: 'Agent',
        metadata,
        spec: { type: 'BYO' },
      });
      expect(await words(...APPLY, file)).toBe('agent.kagent.dev/helper serverside-applied');
      expect(await words('get', 'agent', 'helper', '-o', 'jsonpath={.apiVersion}')).toBe(
        'kagent.dev/v1alpha2',
      );
      expect(await words('api-resources', '--api-group=apps', '-o', 'name')).toContain('deployments.apps');
    });
  },
);
