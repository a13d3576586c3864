import { expect, test } from 'vitest';
import type { AgentFacts } from '#lib/model/cluster-agent.ts';
import type { ClusterObject, ObjectMeta, OwnerReference } from '#lib/ports/cluster/port.ts';
import { IMAGE, podOf, workload } from '#lib/testing/workloads.ts';
import { type FoundAgent, foundAgents } from './found-agents.ts';
import { seenPod } from './seen-pod.ts';
import { seenSource } from './seen-source.ts';
import { seenWorkload } from './seen-workload.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const OTHER = `sha256:${'b'.repeat(64)}`;
const LABELED = { labels: { 'pitwall.dev/agent': 'true' } };

const present = <T>(each: T | null): T[] => (each === null ? [] : [each]);

function found(...objects: ClusterObject[]): FoundAgent[] {
  return foundAgents({
    workloads: objects.flatMap((object) => present(seenWorkload(object))),
    sources: objects.flatMap((object) => present(seenSource(object))),
    pods: objects.flatMap((object) => (object.kind === 'Pod' ? present(seenPod(object)) : [])),
  });
}

function only(...objects: ClusterObject[]): FoundAgent {
  const [agent, ...more] = found(...objects);
  if (!agent || more.length > 0) throw new Error(`found ${more.length + (agent ? 1 : 0)}`);
  return agent;
}

function custom(apiVersion: string, kind: string, more: Record<string, unknown> = {}): ClusterObject {
  const metadata = { name: 'planner', namespace: 'agents', uid: 'agent-uid', generation: 2 };
  return { apiVersion, kind, metadata, ...more };
}

const agent = (more: Record<string, unknown> = {}) => custom('kagent.dev/v1alpha2', 'Agent', more);

const ownedBy = (owner: Partial<OwnerReference>): Partial<ObjectMeta> => ({
  ownerReferences: [
    {
      ...{ apiVersion: 'kagent.dev/v1alpha2', kind: 'Agent', name: 'planner', uid: 'agent-uid' },
      ...{ controller: true, ...owner },
    },
  ],
});

function pod(name: string, { digest = DIGEST, isReady = true, hash = 'abc' } = {}): ClusterObject {
  const made = podOf(`planner-${hash}`, name, {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }],
    containerStatuses: [{ name: 'app', imageID: `docker-pullable://registry.test/planner@${digest}` }],
  });
  return { ...made, metadata: { ...made.metadata, labels: { 'pod-template-hash': hash } } };
}

test.each<[string, ClusterObject, string | null]>([
  ['a Deployment with our label', workload({ metadata: LABELED }), 'apps Deployment'],
  ['a StatefulSet with our label', workload({ kind: 'StatefulSet', metadata: LABELED }), 'apps StatefulSet'],
  [
    'a Deployment of Kagenti',
    workload({ metadata: { labels: { 'kagenti.io/type': 'agent' } } }),
    'apps Deployment',
  ],
  ['a tool of Kagenti', workload({ metadata: { labels: { 'kagenti.io/type': 'tool' } } }), null],
  ['a Deployment without any of them', workload(), null],
  [
    'a workload whose label says that it is none',
    workload({ metadata: { labels: { 'pitwall.dev/agent': 'false', 'kagenti.io/type': 'agent' } } }),
    null,
  ],
  ['a DaemonSet with our label', workload({ kind: 'DaemonSet', metadata: LABELED }), null],
  ['an Agent of kagent 0.x', agent(), 'kagent.dev Agent'],
  ['an Agent of kagent 1.x', custom('api.kagent.dev/v1alpha3', 'Agent'), 'api.kagent.dev Agent'],
  ['a Sandbox', custom('agents.x-k8s.io/v1beta1', 'Sandbox'), 'agents.x-k8s.io Sandbox'],
  ['an Agent of somebody else', custom('example.test/v1', 'Agent'), null],
  ['a template of kagent', custom('api.kagent.dev/v1alpha3', 'AgentTemplate'), null],
])('an agent is found by what it says of itself: %s', (_title, object, source) => {
  expect(found(object).map(({ group, kind }) => `${group} ${kind}`)).toEqual(present(source));
});

test('an Agent and the Deployment that it owns are one, whichever of them is seen', () => {
  const owned = workload({ metadata: { ...ownedBy({}), labels: { 'pitwall.dev/agent': 'true' } } });
  const identity = { namespace: 'agents', group: 'kagent.dev', kind: 'Agent', name: 'planner' };
  const deployment = { kind: 'Deployment', name: 'planner', container: 'app' };
  expect(only(owned, agent())).toMatchObject({ ...identity, uid: 'agent-uid', workload: deployment });
  expect(only(owned)).toMatchObject({ ...identity, uid: 'agent-uid', workload: deployment });
  expect(only(agent())).toMatchObject({ ...identity, uid: 'agent-uid', workload: null });
  // What another controller owns stands for itself.
  const foreign = workload({
    metadata: { ...LABELED, ...ownedBy({ apiVersion: 'example.test/v1' }) },
  });
  expect(found(foreign, agent())).toHaveLength(2);
});

const version = ({ facts }: FoundAgent) => `${facts.versionFrom} ${facts.version}`;
const labeled = (image: string, labels: Record<string, string> = {}) =>
  workload({ image, metadata: { labels: { ...LABELED.labels, ...labels } } });
const VERSION = { 'app.kubernetes.io/version': '4.5' };

test.each<[string, ClusterObject[], string]>([
  ['the digest of the image before the label', [labeled(IMAGE, VERSION)], `digest ${DIGEST}`],
  [
    'the digest that runs before the label',
    [labeled('registry.test/planner:1.0', VERSION), pod('a')],
    `digest ${DIGEST}`,
  ],
  [
    'the label while pods run several digests',
    [labeled('registry.test/planner:1.0', VERSION), pod('a'), pod('b', { digest: OTHER, hash: 'def' })],
    'label 4.5',
  ],
  ['the label before the tag', [labeled('registry.test/planner:1.0', VERSION)], 'label 4.5'],
  ['the tag, not the port', [labeled('registry.test:5000/planner:1.0')], 'tag 1.0'],
  ['nothing of an image without a tag', [labeled('registry.test:5000/planner')], 'null null'],
  ['the version of the spec', [agent({ spec: { version: 'v7' } })], 'spec v7'],
  [
    'the compiled revision',
    [
      custom('api.kagent.dev/v1alpha3', 'Agent', {
        status: { harnesses: [{ latestSuccessfulRevision: 'r9' }] },
      }),
    ],
    'revision r9',
  ],
])('the version that is shown is what says most exactly what runs: %s', (_title, objects, shown) => {
  expect(version(only(...objects))).toBe(shown);
});

test('deployment S-68: the digest that runs is read from the pods of the workload and no other', () => {
  const image = 'registry.test/planner:1.0';
  const foreign = podOf('other-abc', 'x', {
    containerStatuses: [{ name: 'app', imageID: `registry.test/planner@${OTHER}` }],
  });
  foreign.metadata.labels = { 'pod-template-hash': 'abc' };
  expect(only(labeled(image), pod('a'), pod('b'), foreign).facts.digest).toBe(DIGEST);
  expect(only(labeled(image), foreign).facts.digest).toBeNull();
});

test.each<[string, Partial<ObjectMeta>, AgentFacts['managedBy']]>([
  ['nobody', {}, null],
  ['kagent', ownedBy({}), { tool: 'kagent', name: 'planner' }],
  [
    'Argo CD before Helm',
    { labels: { 'argocd.argoproj.io/instance': 'shop', 'app.kubernetes.io/managed-by': 'Helm' } },
    { tool: 'Argo CD', name: 'shop' },
  ],
  [
    'Flux before us',
    { labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps' } },
    { tool: 'Flux', name: 'apps' },
  ],
  ['us', { annotations: { 'pitwall.dev/deployment-id': 'd1' } }, { tool: 'Pitwall', name: null }],
  [
    'Helm',
    {
      labels: { 'app.kubernetes.io/managed-by': 'Helm' },
      annotations: { 'meta.helm.sh/release-name': 'shop' },
    },
    { tool: 'Helm', name: 'shop' },
  ],
])('who has the last word is told: %s', (_title, metadata, managedBy) => {
  const labels = { ...LABELED.labels, ...metadata.labels };
  const made = workload({ metadata: { annotations: {}, ...metadata, labels } });
  expect(only(made).facts.managedBy).toEqual(managedBy);
});

test.each<[string, ClusterObject[], Partial<AgentFacts['capabilities']>]>([
  [
    'a Deployment',
    [workload({ metadata: LABELED })],
    { deployable: true, scalable: 'workload', logs: true, card: false, metrics: false },
  ],
  [
    'a StatefulSet',
    [workload({ kind: 'StatefulSet', metadata: LABELED })],
    { deployable: false, scalable: 'workload', logs: true },
  ],
  [
    'an Agent of kagent 0.x and its Deployment',
    [agent(), workload({ metadata: ownedBy({}) })],
    { deployable: false, scalable: 'source', logs: true, card: true },
  ],
  [
    'the Deployment of an Agent that may not be read',
    [workload({ metadata: ownedBy({}) })],
    { deployable: false, scalable: 'source' },
  ],
  [
    'an Agent of kagent 1.x',
    [custom('api.kagent.dev/v1alpha3', 'Agent')],
    { deployable: false, scalable: 'no', logs: false, card: true },
  ],
  [
    'a Sandbox',
    [custom('agents.x-k8s.io/v1beta1', 'Sandbox')],
    { deployable: false, scalable: 'source', logs: true, card: false },
  ],
  [
    'a workload of Kagenti that speaks A2A and has metrics',
    [
      workload({
        metadata: {
          labels: { 'kagenti.io/type': 'agent', 'protocol.kagenti.io/a2a': '' },
          annotations: { 'pitwall.dev/metrics-port': '9090' },
        },
      }),
    ],
    { card: true, metrics: true },
  ],
])('what can be done with it is told: %s', (_title, objects, capabilities) => {
  expect(only(...objects).facts.capabilities).toMatchObject(capabilities);
});

test('an Agent says why it is not ready, unless it says so of an older generation', () => {
  const condition = (observedGeneration: number) => ({
    status: {
      conditions: [
        { type: 'Accepted', status: 'True', reason: 'Reconciled', observedGeneration },
        {
          type: 'Ready',
          status: 'False',
          reason: 'DeploymentNotReady',
          message: '0 of 1',
          observedGeneration,
        },
      ],
    },
  });
  expect(only(agent(condition(2))).facts.condition).toBe('DeploymentNotReady: 0 of 1');
  expect(only(agent(condition(1))).facts.condition).toBeNull();
});

test('a Sandbox is counted by its pod, and one that is warm is nobody yet', () => {
  const sandbox = custom('agents.x-k8s.io/v1beta1', 'Sandbox', { spec: { replicas: 1 } });
  const own = pod('planner');
  own.metadata.ownerReferences = [
    { apiVersion: 'agents.x-k8s.io/v1beta1', kind: 'Sandbox', name: 'planner', uid: 'u', controller: true },
  ];
  expect(only(sandbox).facts).toMatchObject({ replicas: 1, readyReplicas: 0 });
  expect(only(sandbox, own).facts).toMatchObject({ replicas: 1, readyReplicas: 1, digest: DIGEST });
  sandbox.metadata.ownerReferences = [
    {
      ...{ apiVersion: 'extensions.agents.x-k8s.io/v1beta1', kind: 'SandboxWarmPool' },
      ...{ name: 'pool', uid: 'p', controller: true },
    },
  ];
  expect(found(sandbox)).toEqual([]);
});

test('how its telemetry may call it is read from its environment, its labels and its name', () => {
  const made = workload({
    metadata: {
      labels: {
        ...LABELED.labels,
        'app.kubernetes.io/name': 'planner-app',
        'pitwall.dev/agent-id': '0199f2f0-0000-7000-8000-000000000001',
      },
    },
    spec: {
      template: {
        metadata: {},
        spec: {
          containers: [
            {
              name: 'app',
              image: IMAGE,
              env: [
                { name: 'OTEL_SERVICE_NAME', value: 'planner-service' },
                {
                  name: 'OTEL_RESOURCE_ATTRIBUTES',
                  value: 'service.namespace=shop,deployment.environment.name=prod%20eu,broken=%',
                },
              ],
            },
          ],
        },
      },
    },
  });
  expect(only(made).facts.telemetry).toEqual({
    agentId: '0199f2f0-0000-7000-8000-000000000001',
    names: ['planner-service', 'planner-app', 'planner'],
    serviceNamespace: 'shop',
    environment: 'prod eu',
  });
});
