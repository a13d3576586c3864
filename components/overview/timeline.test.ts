import { expect, test } from 'vitest';
import type { DeploymentRow } from '#lib/model/deployment.ts';
import { timelineOf } from './timeline.ts';

const health = (at: number, agentId = 'a') => ({
  ...{ id: `h${at}`, agentId, agentName: 'planner', from: 'running' as const, to: 'error' as const },
  ...{ reason: '', at },
});
const deployment = (values: Partial<DeploymentRow>): DeploymentRow => ({
  ...{ id: 'd', kind: 'deploy', agent: { id: 'a', name: 'planner' }, environment: 'production' },
  ...{ cluster: { id: 'c', name: 'prod-eu' }, namespace: 'agents' },
  ...{ workload: { kind: 'Deployment', name: 'planner' }, version: '2.0.0', digest: null, gitRef: null },
  ...{ status: 'completed', isPaused: false, isQueued: false, unreachableSince: null, failure: null },
  ...{ requestedBy: 'Ada', seq: 1, createdAt: 1, startedAt: 2, finishedAt: 5 },
  ...values,
});
const keys = (...given: Parameters<typeof timelineOf>) => timelineOf(...given).map(({ key }) => key);

test('deployments stand among changes of health where they ended, or began while they have not', () => {
  const rows = [deployment({}), deployment({ id: 'on', status: 'in_progress', finishedAt: null })];
  expect(keys([health(3), health(7), health(1)], rows, null)).toEqual(['h7', 'd', 'h3', 'on', 'h1']);
});

test('a narrowed timeline tells of its agents only, and of no agent that is gone', () => {
  const rows = [deployment({}), deployment({ id: 'gone', agent: { id: null, name: 'old' } })];
  const only = new Map([['a', 'planner']]);
  expect(keys([health(3), health(7, 'b')], rows, only)).toEqual(['d', 'h3']);
});
