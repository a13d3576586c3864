import { expect, test } from 'vitest';
import type { DeploymentStart } from '#lib/model/deployment-view.ts';
import {
  EMPTY_DRAFT,
  fillIn,
  inCluster,
  lastWords,
  missingFrom,
  type PlanDraft,
  planOf,
} from './plan-draft.ts';

const clusters = [
  { id: 'one', name: 'prod-eu', namespaces: ['agents', 'staging'] },
  { id: 'two', name: 'prod-us', namespaces: ['agents'] },
];
const last: NonNullable<DeploymentStart['last']> = {
  ...{ clusterId: 'one', namespace: 'staging', workload: 'checkout', container: 'app' },
  ...{ image: 'registry.example.test/checkout', version: '1.4.1', repositoryId: null },
  status: 'completed',
};
const nothing = new Set<keyof PlanDraft>();

test('where an agent was deployed last is filled in; the version is left to who deploys', () => {
  expect(fillIn(EMPTY_DRAFT, nothing, last, clusters)).toEqual({
    ...EMPTY_DRAFT,
    ...{ clusterId: 'one', namespace: 'staging', workload: 'checkout', container: 'app' },
    image: 'registry.example.test/checkout',
  });
});

test.each([
  ['completed', 'Last deployed: 1.4.1.'],
  ['in_progress', 'Under way: 1.4.1.'],
  ['awaiting_approval', 'Under way: 1.4.1.'],
  ['failed', 'Last asked for: 1.4.1.'],
  [null, 'Found in its cluster: 1.4.1.'],
] as const)('the version before is called what it is: %s', (status, words) => {
  expect(lastWords({ ...last, status })).toBe(words);
});

test('what was typed stays when another agent is chosen, and what another agent filled in does not', () => {
  const typed = { ...fillIn(EMPTY_DRAFT, nothing, last, clusters), workload: 'mine', version: '2.0.0' };
  const filled = fillIn(typed, new Set(['workload', 'version'] as const), null, clusters);
  expect(filled).toMatchObject({ workload: 'mine', version: '2.0.0', container: '', image: '' });
});

test('a cluster that is gone and a namespace that is no longer allowed are not filled in', () => {
  expect(fillIn(EMPTY_DRAFT, nothing, { ...last, clusterId: 'gone' }, clusters)).toMatchObject({
    ...{ clusterId: '', namespace: '', workload: 'checkout' },
  });
  expect(fillIn(EMPTY_DRAFT, nothing, { ...last, clusterId: 'two' }, clusters)).toMatchObject({
    ...{ clusterId: 'two', namespace: 'agents' },
  });
});

test('the only cluster and its only namespace are chosen by themselves', () => {
  const only = clusters.slice(1);
  expect(fillIn(EMPTY_DRAFT, nothing, null, only)).toMatchObject({ clusterId: 'two', namespace: 'agents' });
  expect(inCluster({ ...EMPTY_DRAFT, namespace: 'staging' }, 'two', clusters).namespace).toBe('agents');
});

test('what is missing is said at its field, a repository without a commit too', () => {
  expect([...missingFrom(EMPTY_DRAFT).keys()]).toEqual([
    ...['clusterId', 'namespace', 'workload', 'container', 'image', 'version'],
  ]);
  const whole = { ...fillIn(EMPTY_DRAFT, nothing, last, clusters), version: '2.0.0' };
  expect(missingFrom(whole).size).toBe(0);
  expect([...missingFrom({ ...whole, repositoryId: 'r' }).keys()]).toEqual(['source.sha']);
});

test('deployment S-67: a tag is looked up unless somebody says otherwise, and never beside a digest', () => {
  expect(planOf('a', EMPTY_DRAFT).byTag).toBe(false);
  expect(planOf('a', { ...EMPTY_DRAFT, byTag: true }).byTag).toBe(true);
  expect(planOf('a', { ...EMPTY_DRAFT, byTag: true, digest: 'sha256:1' }).byTag).toBe(false);
});

test('empty fields are none, and a commit goes with its repository only', () => {
  const draft = { ...EMPTY_DRAFT, version: ' 2.0.0 ', sha: 'c'.repeat(40) };
  expect(planOf('a', draft)).toMatchObject({ version: '2.0.0', digest: null, gitRef: null, source: null });
  expect(planOf('a', { ...draft, repositoryId: 'r' }).source).toEqual({
    repositoryId: 'r',
    sha: 'c'.repeat(40),
  });
});
