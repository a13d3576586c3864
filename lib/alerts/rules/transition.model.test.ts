import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ruleDefinitionSchema } from '#lib/model/alert-rule-schema.ts';
import type { Rule, RuleInstance } from './instance.ts';
import { transition } from './transition.ts';

const T0 = 1_800_000_000_000;
const THRESHOLD = 10;
const RECOVERY = 5;

interface Step {
  /** Seconds since the step before. */
  after: number;
  /** Null: the series is missing, while another one reports. */
  value: number | null;
}
interface Setting {
  forSeconds: number;
  keepFiringForSeconds: number;
  hasRecovery: boolean;
  missedEvaluations: number;
}

/** The reference: what one series is after each step, told as a story and not as a table of states. */
function model(steps: readonly Step[], setting: Setting): string[] {
  let now = 0;
  let breachingSince: number | null = null;
  let firing = false;
  let quietSince: number | null = null;
  let missed = 0;
  const forget = () => {
    [breachingSince, firing, quietSince, missed] = [null, false, null, 0];
  };
  return steps.map(({ after, value }) => {
    now += after;
    const isKnown = breachingSince !== null;
    if (value === null) {
      missed += isKnown ? 1 : 0;
      if (missed >= setting.missedEvaluations) forget();
    } else {
      missed = 0;
      const held = firing && setting.hasRecovery && value >= RECOVERY;
      if (value > THRESHOLD || held) {
        breachingSince ??= now;
        quietSince = null;
        firing = now - breachingSince >= setting.forSeconds;
      } else if (!firing) forget();
      else {
        quietSince ??= now;
        if (now - quietSince >= setting.keepFiringForSeconds) forget();
      }
    }
    if (breachingSince === null) return 'normal';
    if (!firing) return 'pending';
    return quietSince === null ? 'firing' : 'recovering';
  });
}

const step = fc.record({
  after: fc.integer({ min: 1, max: 90 }),
  value: fc.constantFrom(null, 0, RECOVERY, 7, THRESHOLD, 11, 50),
});
const setting = fc.record({
  forSeconds: fc.constantFrom(0, 30, 120),
  keepFiringForSeconds: fc.constantFrom(0, 30, 120),
  hasRecovery: fc.boolean(),
  missedEvaluations: fc.integer({ min: 1, max: 3 }),
});

test('alerting S2: any run of evaluations ends in the states of the reference, and tells of each start and end once', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), setting, (steps, given) => {
      const { hasRecovery, ...times } = given;
      const definition = ruleDefinitionSchema.parse({
        type: 'threshold',
        levels: { critical: THRESHOLD },
        ...(hasRecovery ? { recovery: { critical: RECOVERY } } : {}),
        ...times,
      });
      const rule: Rule = { id: 'r', teamId: 't', name: 'n', version: 1, definition };
      let instances: RuleInstance[] = [];
      let atMs = T0;
      let open = false;
      const states = steps.map(({ after, value }) => {
        atMs += after * 1000;
        const series = [['a', value] as const, ['other', 0] as const].filter(([, judged]) => judged !== null);
        const points = series.map(([agent, judged]) => ({
          ...{ labels: { agent }, agentId: null },
          ...{ value: judged, judged },
        }));
        const outcome = transition(rule, { kind: 'points', points, isHeard: true }, instances, atMs);
        instances = outcome.instances;
        const [instance] = instances;
        const fires = instance !== undefined && instance.state !== 'pending';
        if (fires !== open) expect(outcome.findings.map(({ firing }) => firing)).toEqual([fires]);
        open = fires;
        return instance?.state ?? 'normal';
      });
      expect(states).toEqual(model(steps, given));
    }),
    { numRuns: 500 },
  );
});
