import { expect, test } from 'vitest';
import { DEPLOYMENT_STATUSES, isActive } from '#lib/model/deployment-status.ts';
import { mayBecome, statusesBefore } from './transition.ts';

const nextOf = (from: (typeof DEPLOYMENT_STATUSES)[number]) =>
  DEPLOYMENT_STATUSES.filter((to) => mayBecome(from, to)).join(' ');

test('deployment S-52: what is over changes only into rolled back, and only what had an effect does', () => {
  expect(Object.fromEntries(DEPLOYMENT_STATUSES.map((from) => [from, nextOf(from)]))).toEqual({
    pending: 'awaiting_approval in_progress failed cancelled',
    awaiting_approval: 'in_progress failed cancelled',
    in_progress: 'completed failed cancelled superseded',
    completed: 'rolled_back',
    failed: 'rolled_back',
    cancelled: '',
    superseded: '',
    rolled_back: '',
  });
  expect(statusesBefore('rolled_back')).toEqual(['completed', 'failed']);
  expect(DEPLOYMENT_STATUSES.filter(isActive)).toEqual(['pending', 'awaiting_approval', 'in_progress']);
});
