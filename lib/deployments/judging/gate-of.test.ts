import { expect, test } from 'vitest';
import { isAppError } from '#lib/kernel/errors.ts';
import { askedGateSchema, deploymentGateSchema } from '#lib/model/deployment-gate.ts';
import { gateOf } from './gate-of.ts';

const query = { source: 'main', template: 'errors' };
const policy = deploymentGateSchema.parse({
  definition: { metrics: [{ metric: 'error_rate' }, { metric: 'cost', margin: 0.1 }], queries: [query] },
});
const asked = (values: object) => gateOf(policy, askedGateSchema.parse(values), '1.5.0');

/** The fields at which a gate was refused. */
function refusedAt(values: object): string[] {
  try {
    asked(values);
    return [];
  } catch (error) {
    if (!isAppError(error)) throw error;
    return (error.issues ?? []).map(({ path }) => path);
  }
}
const definition = (values: object) => ({
  definition: { metrics: policy.definition.metrics, queries: policy.definition.queries, ...values },
});

test('a deployment has the gate of its policy, or none, and what it leaves out is as the policy has it', () => {
  expect(gateOf(null, undefined, '1.5.0')).toBeNull();
  expect(gateOf(policy, undefined, '1.5.0')).toEqual(policy);
  expect(asked({ version: 'v1.5.0', durationSeconds: 3600 })).toEqual({
    ...policy,
    ...{ version: 'v1.5.0', durationSeconds: 3600 },
  });
  expect(gateOf(null, askedGateSchema.parse({ durationSeconds: 10 }), '1.5.0')).toMatchObject({
    ...{ durationSeconds: 10, onUndecided: 'pause', begins: 'complete', holdMinutes: 1440 },
    definition: { minimumRuns: 50, looks: 5 },
  });
});

test.each([
  [definition({ metrics: [{ metric: 'error_rate' }] }), 'gate.definition.metrics'],
  [
    definition({ metrics: [{ metric: 'error_rate' }, { metric: 'cost', margin: 0.2 }] }),
    'gate.definition.metrics',
  ],
  [
    definition({
      metrics: [
        { metric: 'error_rate', noData: 'ignore' },
        { metric: 'cost', margin: 0.1 },
      ],
    }),
    'gate.definition.metrics',
  ],
  [definition({ queries: [] }), 'gate.definition.queries'],
  [definition({ queries: [{ ...query, onError: 'ignore' }] }), 'gate.definition.queries'],
  [definition({ confidence: 0.999 }), 'gate.definition.confidence'],
  [definition({ minimumRuns: 10 }), 'gate.definition.minimumRuns'],
  [{ durationSeconds: 10 }, 'gate.durationSeconds'],
  [{ onUndecided: 'pass' }, 'gate.onUndecided'],
  [{ baselineVersion: '1.5.0' }, 'gate.baselineVersion'],
])('a gate that is laxer than the policy is refused where it is: %j', (values, path) => {
  expect(refusedAt(values)).toEqual([path]);
});

test('a stricter gate than the policy wants is taken', () => {
  const metrics = [
    { metric: 'error_rate', margin: 0, noData: 'fail' },
    { metric: 'cost', margin: 0.05 },
    { metric: 'tokens' },
  ];
  const stricter = definition({ metrics, minimumRuns: 500, looks: 10, passes: 'when_proven' });
  expect(refusedAt({ ...stricter, durationSeconds: 3600, onUndecided: 'fail', begins: 'applied' })).toEqual(
    [],
  );
});
