import { type Finding, fingerprintOf } from '#lib/model/alert-finding.ts';

/**
 * The one alert about a rule that can't be evaluated: whoever relies on it must know (alerting S9).
 *
 * @param reason null when it can be again
 */
export function unhealthyRuleFinding(
  rule: { id: string; name: string },
  reason: string | null,
  atMs: number,
): Finding {
  // The name may change while it is unhealthy; the alert is about the same rule.
  const labels = { alertname: 'RuleUnhealthy', rule_id: rule.id };
  return {
    source: 'system',
    sourceId: `rule:${rule.id}`,
    labels,
    fingerprint: fingerprintOf(labels),
    annotations: {},
    agentId: null,
    severity: 'error',
    title: `Rule ${rule.name} can't be evaluated`,
    message: reason ?? 'It is evaluated again.',
    value: null,
    generatorUrl: null,
    runbookUrl: null,
    firing: reason !== null,
    startsAt: new Date(atMs),
    endsAt: reason === null ? new Date(atMs) : null,
    endsByTimeout: false,
    reason: reason ?? 'it is evaluated again',
  };
}
