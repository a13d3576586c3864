import { expect, test } from 'vitest';
import { deploymentGateSchema, type LookVerdict } from '#lib/model/deployment-gate.ts';
import { SETTLED_AFTER_MS } from '#lib/model/gate.ts';
import { gateOutcome, plannedLook } from './gate-progress.ts';

const gate = (values: object = {}) =>
  deploymentGateSchema.parse({ durationSeconds: 600, definition: { looks: 6 }, ...values });
const looks = (verdicts: readonly LookVerdict[]) => verdicts.map((verdict) => ({ verdict, reason: verdict }));
const open: LookVerdict = 'inconclusive';

test('looks stand fast from the beginning on: all judge from there, the last one the whole time', () => {
  const begun = new Date(1_000_000);
  expect([1, 6].map((look) => plannedLook(gate(), begun, look))).toEqual([
    { look: 1, from: 1_000_000, to: 1_100_000, dueAt: 1_100_000 + SETTLED_AFTER_MS },
    { look: 6, from: 1_000_000, to: 1_600_000, dueAt: 1_600_000 + SETTLED_AFTER_MS },
  ]);
});

test.each([
  [[], { is: 'open', next: 1 }],
  [[open, open], { is: 'open', next: 3 }],
  [[open, 'pass'], { is: 'passed' }],
  [[open, 'fail'], { is: 'failed' }],
  [['error', 'error', 'error', 'error'], { is: 'open', next: 5 }],
  [['error', 'error', open, 'error', 'error'], { is: 'open', next: 6 }],
  [[open, open, open, open, open, open], { is: 'undecided' }],
] satisfies [LookVerdict[], object][])('deployment S-97: the looks %j come to %j', (verdicts, outcome) => {
  expect(gateOutcome(gate(), looks(verdicts))).toMatchObject(outcome);
});

test('deployment S-97: five looks in a row at which nothing could be asked fail the version', () => {
  expect(gateOutcome(gate(), looks([open, ...Array<LookVerdict>(5).fill('error')]))).toMatchObject({
    is: 'failed',
  });
});

test.each([
  ['fail', 'failed'],
  ['pass', 'passed'],
  ['pause', 'undecided'],
])('what the last look leaves undecided is %s by the word of the gate', (onUndecided, is) => {
  const all = Array<LookVerdict>(6).fill(open);
  expect(gateOutcome(gate({ onUndecided }), looks(all))).toMatchObject({ is });
});
