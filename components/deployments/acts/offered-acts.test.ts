import { expect, test } from 'vitest';
import type { DeploymentDetail } from '#lib/model/deployment.ts';
import { deploymentDetail } from '../detail/detail.fixture.ts';
import { offeredActs } from './offered-acts.ts';

const no = (reason: string) => ({ allowed: false, reason }) as const;
const can = deploymentDetail().can;
const offered = (values: Partial<DeploymentDetail>, rollBackRefusal: string | null = null) =>
  offeredActs(deploymentDetail({ manifest: {}, ...values }), rollBackRefusal).map(
    ({ name, refusal }) => name + (refusal === null ? '' : `: ${refusal}`),
  );

test.each<[string, Partial<DeploymentDetail>, string[]]>([
  ['waits to begin', { status: 'pending' }, ['cancel']],
  ['waits for approval', { status: 'awaiting_approval' }, ['approve', 'reject', 'cancel']],
  [
    'was asked for by who looks',
    { status: 'awaiting_approval', can: { ...can, approve: no('Nobody.') } },
    ['approve: Nobody.', 'reject: Nobody.', 'cancel'],
  ],
  [
    'rolls out',
    { can: { ...can, resume: no('It is not paused.') } },
    ['pause', 'cancelAndRollBack', 'cancel'],
  ],
  ['stands', { isPaused: true, can: { ...can, pause: no('x') } }, ['resume', 'cancelAndRollBack', 'cancel']],
  ['is complete', { status: 'completed' }, ['rollBack']],
  [
    'has failed at the fields of others',
    { status: 'failed', failure: { code: 'FIELD_CONFLICT', message: '' } },
    ['force'],
  ],
  [
    'is a rollback that a paused workload stopped',
    {
      kind: 'rollback',
      status: 'failed',
      failure: { code: 'WORKLOAD_PAUSED', message: '' },
      target: { id: 'x', version: '1' },
    },
    ['rollBackTarget'],
  ],
  ['was rolled back', { status: 'rolled_back' }, []],
])('a deployment that %s offers what can be done about it, or says why not', (_how, values, expected) => {
  expect(offered(values)).toEqual(expected);
});

test('deployment S-46: who may not roll back is told so where a rollout could be taken back', () => {
  expect(offered({}, 'Your role may not.')).toContain('cancelAndRollBack: Your role may not.');
  expect(offered({ manifest: null, replaces: null })).toContain(
    'cancelAndRollBack: It has changed nothing in the cluster yet.',
  );
  expect(offered({ replaces: null })).toContain(
    'cancelAndRollBack: Nothing ran before it, so there is nothing to roll back to.',
  );
});
