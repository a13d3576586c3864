import { expect, test } from 'vitest';
import type { DeploymentDetail } from '#lib/model/deployment.ts';
import { deploymentSteps } from './deployment-steps.ts';
import { deploymentDetail, timelineOf } from './detail.fixture.ts';

const steps = (values: Partial<DeploymentDetail>) =>
  deploymentSteps(deploymentDetail(values)).map(({ title, state }) => `${title}: ${state}`);
const words = (values: Partial<DeploymentDetail>, key: string) =>
  deploymentSteps(deploymentDetail(values)).find((step) => step.key === key)?.words;

const TWO = {
  needed: 2,
  expiresAt: null,
  given: [{ by: 'Boris', decision: 'approved', comment: '', at: 1 }],
};
const APPLIED = timelineOf('created', 'started', 'applied');

test.each<[Partial<DeploymentDetail>, string[]]>([
  [
    { status: 'pending', events: timelineOf('created'), startedAt: null },
    ['Asked for: done', 'Being applied: now', 'Rolled out: ahead', 'Completed: ahead'],
  ],
  [
    { status: 'pending', isQueued: true, events: timelineOf('queued') },
    ['Asked for: now', 'Applied: ahead', 'Rolled out: ahead', 'Completed: ahead'],
  ],
  [
    { status: 'awaiting_approval', approvals: { ...TWO, given: [] }, events: timelineOf('created') },
    [
      'Asked for: done',
      'Waiting for approval: now',
      'Applied: ahead',
      'Rolled out: ahead',
      'Completed: ahead',
    ],
  ],
  [
    { status: 'in_progress', events: timelineOf('created', 'started') },
    ['Asked for: done', 'Being applied: now', 'Rolled out: ahead', 'Completed: ahead'],
  ],
  [
    { status: 'in_progress', events: APPLIED },
    ['Asked for: done', 'Applied: done', 'Rolling out: now', 'Completed: ahead'],
  ],
  [
    { status: 'completed', events: [...APPLIED, ...timelineOf('completed')], finishedAt: 5 },
    ['Asked for: done', 'Applied: done', 'Rolled out: done', 'Completed: done'],
  ],
  [
    { status: 'failed', events: APPLIED, finishedAt: 5 },
    ['Asked for: done', 'Applied: done', 'Rolled out: failed', 'Failed: failed'],
  ],
  [
    { status: 'failed', events: timelineOf('created', 'started'), finishedAt: 5 },
    ['Asked for: done', 'Applied: failed', 'Rolled out: never', 'Failed: failed'],
  ],
  [
    { status: 'cancelled', events: timelineOf('created', 'cancelled'), finishedAt: 5 },
    ['Asked for: done', 'Applied: stopped', 'Rolled out: never', 'Cancelled: stopped'],
  ],
  [
    { status: 'superseded', events: APPLIED, finishedAt: 5 },
    ['Asked for: done', 'Applied: done', 'Rolled out: stopped', 'Superseded: stopped'],
  ],
])('the way of %j is told step by step', (values, expected) => {
  expect(steps(values)).toEqual(expected);
});

test('what was rolled back afterwards keeps the way that it went', () => {
  const after = (from: 'completed' | 'failed') => [
    ...APPLIED,
    ...timelineOf(['rolled_back', from, 'rolled_back']),
  ];
  expect(steps({ status: 'rolled_back', events: after('completed'), finishedAt: 5 })).toContain(
    'Completed: done',
  );
  expect(steps({ status: 'rolled_back', events: after('failed'), finishedAt: 5 })).toContain(
    'Rolled out: failed',
  );
  expect(steps({ status: 'rolled_back', events: after('failed'), finishedAt: 5 }).at(-1)).toBe(
    'Rolled back: stopped',
  );
});

test('a rollback that finds nothing to do is complete, though nothing was applied', () => {
  const events = timelineOf('created', 'started', 'completed');
  expect(steps({ kind: 'rollback', status: 'completed', events, finishedAt: 5 })).toContain('Applied: done');
});

test('steps say how many approved, what holds it, and how far the pods are', () => {
  expect(
    words({ status: 'awaiting_approval', approvals: TWO as DeploymentDetail['approvals'] }, 'approved'),
  ).toBe('1 of 2: Boris');
  const progress = {
    phase: 'Held by the freeze x',
    replicas: 4,
    updated: 3,
    available: 2,
    percent: 60,
    warnings: [],
    observedAt: 1,
  };
  expect(words({ status: 'pending', progress, events: timelineOf('created') }, 'applied')).toBe(
    'Held by the freeze x',
  );
  expect(words({ events: APPLIED, progress }, 'rolled-out')).toBe('3 updated, 2 available of 4');
  const deaf = { events: timelineOf('created', 'started'), unreachableSince: 1 };
  expect([words(deaf, 'applied'), words(deaf, 'rolled-out')]).toEqual(['The cluster does not answer', '']);
  expect(words({ events: APPLIED, progress, unreachableSince: 1 }, 'rolled-out')).toBe(
    'The cluster does not answer',
  );
});
