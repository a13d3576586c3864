import { expect, test } from 'vitest';
import { deploymentDetail } from './detail.fixture.ts';
import { newestDeployment, withNews } from './newest-deployment.ts';

const progress = (observedAt: number) => ({
  ...{ phase: '', replicas: 1, updated: 1, available: 0, percent: 50, warnings: [], observedAt },
});

test('deployment S-66: what is shown never goes back to an older sequence, by an event or a late answer', () => {
  const shown = deploymentDetail({ seq: 5, status: 'completed' });
  const late = deploymentDetail({ seq: 4, status: 'in_progress' });
  expect(newestDeployment(shown, late)).toBe(shown);
  expect(withNews(shown, { seq: 4, status: 'in_progress' })).toBe(shown);
  expect(withNews(shown, { seq: 6, status: 'rolled_back' })).toMatchObject({ seq: 6, status: 'rolled_back' });
  expect(newestDeployment(late, shown)).toBe(shown);
});

test('of two looks at the same sequence the later one is shown', () => {
  const [early, late] = [1, 2].map((at) => deploymentDetail({ progress: progress(at) }));
  expect(newestDeployment(late!, early!)).toBe(late);
  expect(newestDeployment(early!, late!)).toBe(late);
  const withoutAny = deploymentDetail();
  expect(newestDeployment(withoutAny, withoutAny)).toBe(withoutAny);
});
