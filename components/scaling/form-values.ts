import type { ScalingPolicy, ScalingRule } from '#lib/model/scaling.ts';
import { SCALING_DEFAULTS } from '#lib/model/scaling.ts';

/** What stands in the fields of the form, as text. */
export interface ScalingDraft {
  by: NonNullable<ScalingRule['load']>['by'] | 'budget';
  metric: string;
  reports: 'whole_queue' | 'own_part';
  target: string;
  costPerHour: string;
  minReplicas: string;
  maxReplicas: string;
  windowSeconds: string;
  upStabilisationSeconds: string;
  downStabilisationSeconds: string;
  upCooldownSeconds: string;
  downCooldownSeconds: string;
  maxStepUp: string;
  maxStepDown: string;
  /** Empty: where the agent was last deployed to. */
  clusterId: string;
  namespace: string;
  workload: string;
}

/** Numbers of the form that every rule has, whatever it is scaled by. */
const NUMBERS = [
  'minReplicas',
  'maxReplicas',
  'windowSeconds',
  'upStabilisationSeconds',
  'downStabilisationSeconds',
  'upCooldownSeconds',
  'downCooldownSeconds',
  'maxStepUp',
  'maxStepDown',
] as const;
type NumberField = (typeof NUMBERS)[number];

/** The fields as they stand before anybody types. */
export function draftOf(policy: ScalingPolicy | null): ScalingDraft {
  const rule: ScalingRule = policy?.rule ?? {
    ...SCALING_DEFAULTS,
    ...{ load: { by: 'request_rate', target: 30 }, minReplicas: 1, maxReplicas: 5 },
  };
  const { load } = rule;
  const numbers = Object.fromEntries(NUMBERS.map((name) => [name, String(rule[name])]));
  return {
    by: load?.by ?? 'budget',
    metric: load?.by === 'queue_depth' ? load.metric : '',
    reports: load?.by === 'queue_depth' ? load.reports : 'whole_queue',
    target: load === null ? '' : String(load.target),
    costPerHour: rule.costPerHour === null ? '' : String(rule.costPerHour),
    ...(numbers as Record<NumberField, string>),
    clusterId: policy?.workload?.clusterId ?? '',
    namespace: policy?.workload?.namespace ?? '',
    workload: policy?.workload?.name ?? '',
  };
}

/** What somebody typed as a number; what is none becomes one that the server refuses. */
const numberOf = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text));

function loadOf({ by, metric, reports, target }: ScalingDraft): ScalingRule['load'] {
  if (by === 'budget') return null;
  if (by === 'queue_depth') return { by, metric: metric.trim(), reports, target: numberOf(target) };
  return { by, target: numberOf(target) };
}

/** The rule that the fields say; fields that are no numbers are NaN. */
export function ruleOf(draft: ScalingDraft): ScalingRule {
  const numbers = Object.fromEntries(NUMBERS.map((name) => [name, numberOf(draft[name])]));
  return {
    load: loadOf(draft),
    costPerHour: draft.costPerHour.trim() === '' ? null : numberOf(draft.costPerHour),
    ...(numbers as Record<NumberField, number>),
  };
}

/** The workload that the fields name; null: where the agent was last deployed to. */
export function workloadOf({ clusterId, namespace, workload }: ScalingDraft) {
  return clusterId === '' ? null : { clusterId, namespace, name: workload.trim() };
}

/** Whether the fields can be asked about at all. */
export function isReadable({ load, costPerHour, ...numbers }: ScalingRule): boolean {
  const isQueue = load?.by === 'queue_depth';
  const given = [...Object.values(numbers), costPerHour ?? 1, load?.target ?? 1];
  return (!isQueue || load.metric !== '') && given.every((value) => Number.isFinite(value));
}
