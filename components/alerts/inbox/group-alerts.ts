import type { Severity } from '#lib/model/alert.ts';
import { SEVERITIES } from '#lib/model/alert.ts';
import type { AlertRow } from '#lib/model/alert-view.ts';

export const GROUPINGS = ['cause', 'agent', 'none'] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** Alerts that are handled together. */
export interface AlertGroup {
  key: string;
  /** What they share, in words. */
  name: string;
  severity: Severity;
  alerts: AlertRow[];
}

/** The name of what found an alert: the name its sender gave, or its title. */
function causeOf({ labels, title }: AlertRow): string {
  return labels.alertname ?? title;
}

function keyOf(alert: AlertRow, grouping: Grouping): [key: string, name: string] {
  if (grouping === 'none') return [alert.id, alert.title];
  if (grouping === 'agent') return [alert.agent?.id ?? '', alert.agent?.name ?? 'No agent'];
  const cause = causeOf(alert);
  return [`${alert.source} ${alert.sourceId} ${cause}`, cause];
}

const worstOf = (alerts: readonly AlertRow[]): Severity =>
  SEVERITIES[Math.max(0, ...alerts.map(({ severity }) => SEVERITIES.indexOf(severity)))] ?? 'info';

/** Groups in the order of their first alert, each alert in the order given. */
export function groupAlerts(alerts: readonly AlertRow[], grouping: Grouping): AlertGroup[] {
  const groups = new Map<string, AlertGroup>();
  for (const alert of alerts) {
    const [key, name] = keyOf(alert, grouping);
    const group = groups.get(key);
    if (group) group.alerts.push(alert);
    else groups.set(key, { key, name, severity: alert.severity, alerts: [alert] });
  }
  return [...groups.values()].map((group) => ({ ...group, severity: worstOf(group.alerts) }));
}
