import type { Labels, Severity } from '#lib/model/alert.ts';
import { SEVERITIES } from '#lib/model/alert.ts';
import type { Finding } from '#lib/model/alert-finding.ts';
import type { RulePreview } from '#lib/model/alert-rule-view.ts';
import type { Rule, RuleInstance, RuleResult } from '../instance.ts';
import { transition } from '../transition.ts';

type Alert = RulePreview['alerts'][number];
type Series = RulePreview['series'][number];

/** Series that a preview shows. */
const SHOWN_SERIES = 20;

const worse = (a: Severity, b: Severity): Severity =>
  SEVERITIES.indexOf(a) >= SEVERITIES.indexOf(b) ? a : b;

function follow(open: Map<string, Alert>, alerts: Alert[], findings: readonly Finding[]): void {
  for (const { fingerprint, labels, firing, severity, startsAt, endsAt, reason } of findings) {
    const known = open.get(fingerprint);
    if (!firing) {
      if (known) known.endsAt = endsAt?.getTime() ?? null;
      open.delete(fingerprint);
    } else if (known) known.severity = worse(known.severity, severity);
    else {
      const alert: Alert = { labels, severity, startsAt: startsAt.getTime(), endsAt: null, reason };
      open.set(fingerprint, alert);
      alerts.push(alert);
    }
  }
}

const keyOf = (labels: Labels): string => JSON.stringify(Object.entries(labels).sort());

/** The instance of a series: the one that has all of its labels. */
function stateOf(instances: readonly RuleInstance[], labels: Labels) {
  const own = Object.entries(labels).filter(([, value]) => value !== '');
  return (
    instances.find(
      (instance) => instance.kind === 'data' && own.every(([name, value]) => instance.labels[name] === value),
    )?.state ?? 'normal'
  );
}

/** Lets the state machine run over results of the past, in their order, and says what would have happened. */
export function replayRule(
  rule: Rule,
  results: readonly { atMs: number; result: RuleResult }[],
): Pick<RulePreview, 'series' | 'alerts' | 'problem'> {
  const alerts: Alert[] = [];
  const open = new Map<string, Alert>();
  const series = new Map<string, Series>();
  let instances: RuleInstance[] = [];
  let problem: string | null = null;
  results.forEach(({ atMs, result }, step) => {
    const outcome = transition(rule, result, instances, atMs);
    instances = outcome.instances;
    if (outcome.health.state !== 'ok') problem = outcome.health.reason;
    follow(open, alerts, outcome.findings);
    for (const { labels, value } of result.kind === 'points' ? result.points : []) {
      const key = keyOf(labels);
      let one = series.get(key);
      if (one === undefined) {
        one = { labels, values: results.map(() => null), states: results.map(() => 'normal' as const) };
        series.set(key, one);
      }
      one.values[step] = value;
      one.states[step] = stateOf(instances, labels);
    }
  });
  const restless = ({ states }: Series) => states.filter((state) => state !== 'normal').length;
  const shown = [...series.values()].sort((a, b) => restless(b) - restless(a)).slice(0, SHOWN_SERIES);
  return { series: shown, alerts, problem };
}
