import { expect, test } from 'vitest';
import { createScalingPolicySchema } from '#lib/model/scaling.ts';
import { draftOf, isReadable, ruleOf, workloadOf } from './form-values.ts';

const agentId = '0191e6a0-0000-7000-8000-000000000001';

test('the form begins with a policy that is taken as it is', () => {
  const draft = draftOf(null);
  const input = { agentId, ...ruleOf(draft), workload: workloadOf(draft) };
  expect(createScalingPolicySchema.parse(input)).toMatchObject({
    ...{ load: { by: 'request_rate', target: 30 }, costPerHour: null, workload: null, isDryRun: true },
  });
});

test('what is shown of a policy says the same when it is saved again', () => {
  const rule = {
    ...ruleOf(draftOf(null)),
    load: { by: 'queue_depth', metric: 'jobs', reports: 'own_part', target: 2.5 } as const,
    costPerHour: 0.5,
  };
  const workload = { clusterId: agentId, clusterName: 'prod', namespace: 'agents', name: 'planner' };
  const policy = {
    ...{ id: agentId, agent: { id: agentId, name: 'a' }, workload, isDryRun: false, rule, state: null },
    ...{ lastScaledAt: null, createdAt: 0, updatedAt: 0 },
  };
  const draft = draftOf(policy);
  expect(ruleOf(draft)).toEqual(rule);
  expect(workloadOf(draft)).toEqual({ clusterId: agentId, namespace: 'agents', name: 'planner' });
  expect(draftOf({ ...policy, rule: { ...rule, load: null } }).by).toBe('budget');
});

test('what is no number, and a queue without a name, is asked nothing', () => {
  const draft = draftOf(null);
  expect(isReadable(ruleOf(draft))).toBe(true);
  for (const part of [
    { target: '' },
    { minReplicas: 'x' },
    { costPerHour: '1e' },
    { by: 'queue_depth' as const },
  ])
    expect(isReadable(ruleOf({ ...draft, ...part }))).toBe(false);
});
