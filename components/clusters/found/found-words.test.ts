import { expect, test } from 'vitest';
import type { ClusterAgent, ClusterWatch } from '#lib/model/cluster-agent.ts';
import { capabilityWords, foundVerdict, managerWords, refusalWords, versionName } from './found-words.ts';

const NOTHING = { deployable: false, scalable: 'no', logs: false, card: false, metrics: false } as const;
const agent = (
  capabilities: Partial<ClusterAgent['capabilities']>,
  managedBy: ClusterAgent['managedBy'] = null,
) => ({ capabilities: { ...NOTHING, ...capabilities }, managedBy }) as ClusterAgent;

test('what can be done is said in words, and what is scaled elsewhere says where', () => {
  expect(capabilityWords(agent({ deployable: true, scalable: 'workload', logs: true }))).toEqual([
    'Can be deployed',
    'Can be scaled',
    'Has logs',
  ]);
  const kagent = { tool: 'kagent', name: 'planner' } as const;
  expect(capabilityWords(agent({ scalable: 'source', card: true }, kagent))).toEqual([
    'Scales through kagent',
    'Serves an agent card',
  ]);
  expect(capabilityWords(agent({ scalable: 'source', metrics: true }))).toEqual([
    'Scales through its own object',
    'Has metrics',
  ]);
  expect(managerWords(agent({}, kagent))).toBe('Managed by kagent (planner)');
  expect(managerWords(agent({}, { tool: 'Pitwall', name: null }))).toBe('Managed by Pitwall');
});

const watch = (namespace: string, missingVerbs: string[]): ClusterWatch => ({
  ...{ namespace, group: 'apps', kind: 'StatefulSet', apiVersion: 'apps/v1' },
  ...{ staleSince: 1, problem: 'forbidden', missingVerbs },
});

test('a kind that may not be seen is said once, with the namespaces and the missing verbs', () => {
  const watches = [watch('b', ['list', 'watch']), watch('a', ['list', 'watch']), watch('c', [])];
  expect(refusalWords({ watches })).toEqual([
    'May not see StatefulSets (apps) in a, b: the credentials lack list and watch',
  ]);
});

test('the head of the page says how many wait', () => {
  const waiting = { agent: null, presence: 'present' } as const;
  const adopted = { agent: { id: 'x', name: 'x' }, presence: 'present' } as const;
  expect(foundVerdict([])).toBe('Found in clusters');
  expect(foundVerdict([adopted, { agent: null, presence: 'missing' }])).toBe(
    'Everything that was found is adopted',
  );
  expect(foundVerdict([waiting, adopted])).toBe('1 agent waits to be adopted');
  expect(foundVerdict([waiting, waiting])).toBe('2 agents wait to be adopted');
});

test.each([
  ['registry.test:5000/planner:1.2', 'digest', 'sha256:aa', '1.2'],
  ['registry.test:5000/planner:1.2@sha256:aa', 'digest', 'sha256:aa', '1.2'],
  ['registry.test:5000/planner@sha256:aa', 'digest', 'sha256:aa', ''],
  ['registry.test/planner:1.2', 'label', '4.5', '4.5'],
  [null, null, null, 'No version known'],
] as const)(
  'the version of %s, known by its %s, is called by its tag or label',
  (image, versionFrom, version, name) => {
    expect(versionName({ ...agent({}), image, versionFrom, version })).toBe(name);
  },
);
