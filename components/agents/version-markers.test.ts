import { expect, test } from 'vitest';
import type { DeploymentRow } from '#lib/model/deployment.ts';
import { deploymentMarkers, versionMarkers } from './version-markers.ts';

const AT = Date.UTC(2026, 0, 5, 9, 30);
const row: DeploymentRow = {
  ...{ id: '01890a5d-ac96-774b-bcce-b302099a8057', kind: 'deploy', agent: { id: null, name: 'checkout' } },
  ...{ environment: 'production', cluster: { id: 'c', name: 'prod-eu' }, namespace: 'agents' },
  ...{ workload: { kind: 'Deployment', name: 'checkout' }, version: '2.0.0', digest: null, gitRef: null },
  ...{ status: 'completed', isPaused: false, isQueued: false, unreachableSince: null, failure: null },
  ...{ requestedBy: 'Ada', seq: 4, createdAt: AT - 60_000, startedAt: AT - 50_000, finishedAt: AT },
};

test('completed deployments and rollbacks are marked at the moment of their end, with their page', () => {
  const [deployed] = deploymentMarkers([row]);
  expect(deployed).toMatchObject({
    ...{ atMs: AT, label: 'deployed v2.0.0', isAct: true, href: `/deployments/${row.id}` },
    words: '2.0.0 deployed to prod-eu at 2026-01-05 09:30:00 UTC',
  });
  const back: DeploymentRow = { ...row, kind: 'rollback', version: 'revision 3' };
  expect(deploymentMarkers([back])).toMatchObject([{ label: 'back to revision 3' }]);
});

test('one that was taken back later stays marked; one that failed, or has not ended, is none', () => {
  expect(deploymentMarkers([{ ...row, status: 'rolled_back' }])).toHaveLength(1);
  const failure = { code: 'ROLLOUT_FAILED', message: '' } as const;
  expect(deploymentMarkers([{ ...row, status: 'rolled_back', failure }])).toEqual([]);
  expect(deploymentMarkers([{ ...row, status: 'in_progress', finishedAt: null }])).toEqual([]);
  expect(deploymentMarkers([{ ...row, status: 'cancelled' }])).toEqual([]);
});

test('what only telemetry tells of is seen, not done', () => {
  const [seen] = versionMarkers([{ from: '1.0.0', to: '1.1.0', at: AT }]);
  expect(seen).toMatchObject({ label: 'v1.1.0', href: null });
  expect(seen?.isAct).toBeUndefined();
});
