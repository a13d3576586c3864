import { type Finding, fingerprintOf } from '#lib/model/alert-finding.ts';

/** A finding of a rule that fires; the fingerprint follows the labels. */
export function makeFinding(values: Partial<Finding> = {}): Finding {
  const labels = values.labels ?? { alertname: 'HighErrorRate', agent: 'planner' };
  return {
    source: 'rule',
    sourceId: 'rule-1',
    annotations: {},
    agentId: null,
    severity: 'warning',
    title: labels.alertname ?? 'Alert',
    message: '',
    value: null,
    generatorUrl: null,
    runbookUrl: null,
    firing: true,
    startsAt: new Date(),
    endsAt: null,
    endsByTimeout: false,
    reason: 'threshold',
    ...values,
    labels,
    fingerprint: fingerprintOf(labels),
  };
}
