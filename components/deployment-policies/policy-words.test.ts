import { expect, test } from 'vitest';
import { DEFAULT_POLICY } from '#lib/model/deployment.ts';
import { DEFAULT_GATE } from '#lib/model/deployment-gate.ts';
import { type DeploymentPolicyView, effectivePolicies } from '#lib/model/deployment-policy.ts';
import { approverTrouble, guardedWords, policyWords } from './policy-words.ts';

const [anna, boris, carl] = ['Anna', 'Boris', 'Carl'].map((name) => ({ id: name, name }));
const people = [anna, boris, carl].filter((person) => person !== undefined);
const policy = (values: object) => ({ ...DEFAULT_POLICY, ...values });

test.each([
  [{}, [], 'Nobody has to approve. A failed rollout is rolled back by itself.'],
  [
    { approvalsNeeded: 1, approvalMinutes: 90, autoRollback: false },
    [],
    'Somebody else who may approve has to, within 1 hour 30 minutes. A failed rollout stays until somebody rolls it back.',
  ],
  [{ approvalsNeeded: 2 }, [], '2 others who may approve have to, within 1 day.'],
  [{ approvalsNeeded: 2 }, people, '2 of Anna, Boris, and Carl have to approve within 1 day.'],
  [{ approvalsNeeded: 1 }, people.slice(0, 2), 'Anna or Boris has to approve within 1 day.'],
  [{ approvalsNeeded: 2 }, people.slice(0, 2), 'Anna and Boris have to approve within 1 day.'],
  [{ approvalsNeeded: 1 }, [{ name: null }], 'somebody who has left has to approve within 1 day.'],
  [
    { gate: { ...DEFAULT_GATE, onUndecided: 'fail' } },
    [],
    'Nobody has to approve. Each version is judged by its telemetry for 10 minutes; where that decides nothing, it fails. A failed',
  ],
])('the policy %j says who approves and what becomes of a failure', (values, names, words) => {
  expect(policyWords(policy(values), names)).toContain(words);
});

test.each([
  ['nothing where nobody has to approve', {}, [], null],
  ['nothing where one more may approve than is needed', { approvalsNeeded: 2 }, people, null],
  ['a warning where all of them are needed', { approvalsNeeded: 3 }, people, 'warning'],
  ['that nothing can be deployed where they are too few', { approvalsNeeded: 4 }, people, 'critical'],
  [
    'the same where those who are named lost the permission',
    { approvalsNeeded: 1, approverIds: ['Dora'] },
    people,
    'critical',
  ],
])('it says %s', (_what, values, mayApprove, tone) => {
  expect(approverTrouble(policy(values), mayApprove)?.tone ?? null).toBe(tone);
});

const view = (environment: string, approvalsNeeded: number): DeploymentPolicyView => ({
  ...policy({ environment, approvalsNeeded }),
  ...{ id: environment, approvers: [], updatedAt: 0, updatedBy: 'Anna' },
});

test('an environment without a policy has the one of every environment, and without that what counts at first', () => {
  const effective = effectivePolicies([view('*', 1), view('production', 2)], ['staging', 'production']);
  expect(
    effective.map(({ environment, from, policy: { approvalsNeeded } }) => [
      environment,
      from,
      approvalsNeeded,
    ]),
  ).toEqual([
    ['*', 'own', 1],
    ['production', 'own', 2],
    ['staging', 'every', 1],
  ]);
  expect(effectivePolicies([], ['staging']).map(({ from }) => from)).toEqual(['none', 'none']);
});

test.each([
  [[], 'No deployment needs an approval.'],
  [[view('production', 1)], 'Deployments need an approval in production.'],
  [[view('*', 1)], 'Every deployment needs an approval.'],
  [
    [view('*', 1), view('production', 1), view('staging', 0)],
    'Deployments need an approval in production and every environment without a policy of its own.',
  ],
])('the page says first where somebody has to approve: %#', (policies, words) => {
  expect(guardedWords(effectivePolicies(policies, ['staging']))).toBe(words);
});
