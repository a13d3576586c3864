import { createHash } from 'node:crypto';
import type { AlertSource, AlertStatus, Labels, Severity } from './alert.ts';

/**
 * What somebody found out about one label set: a rule of ours, a sender of the Alertmanager API or Pitwall
 * about itself. Findings are the only way in which data changes an alert.
 */
export interface Finding {
  source: AlertSource;
  /** The rule, the integration or the part of Pitwall. */
  sourceId: string;
  labels: Labels;
  /** `fingerprintOf(labels)`. */
  fingerprint: string;
  annotations: Readonly<Record<string, string>>;
  agentId: string | null;
  severity: Severity;
  title: string;
  message: string;
  value: number | null;
  generatorUrl: string | null;
  runbookUrl: string | null;
  /** False: it is over. */
  firing: boolean;
  /** When it began to fire, not when it was pending (alerting S6). */
  startsAt: Date;
  /** When it ends or ended; null: when its source says so. */
  endsAt: Date | null;
  /** Only silence would end it then; an explicit end beats such a one (alerting S61, S64). */
  endsByTimeout: boolean;
  /** Why, for the timeline: `threshold`, `missing series`, ... */
  reason: string;
  /** It fires on, but is back to normal now, or no longer: whoever looks at it is to see that. */
  turned?: true;
}

/** What keeps an alert quiet. */
export interface Suppression {
  kind: 'silence' | 'maintenance' | 'inhibition';
  id: string;
  name: string;
}

/** An alert as the steps after its change need it. */
export interface AlertState {
  id: string;
  teamId: string;
  source: AlertSource;
  sourceId: string;
  fingerprint: string;
  labels: Labels;
  annotations: Readonly<Record<string, string>>;
  agentId: string | null;
  severity: Severity;
  status: AlertStatus;
  title: string;
  message: string;
  value: number | null;
  generatorUrl: string | null;
  runbookUrl: string | null;
  startsAt: Date;
  suppressedBy: readonly Suppression[];
  version: number;
}

/** `updated`: other words or a lower severity. What only repeats itself or moves its value is no change. */
export type AlertChange = 'opened' | 'updated' | 'severity_raised' | 'resolved';

export interface ChangedAlert {
  alertId: string;
  fingerprint: string;
  change: AlertChange;
  alert: AlertState;
}

/** Labels sorted by name without the empty ones, which are as good as missing (alerting S67). */
export function canonicalLabels(labels: Labels): Labels {
  return Object.fromEntries(
    Object.entries(labels)
      .filter(([, value]) => value !== '')
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** Identity of an alert within its source: SHA-256 of its canonical labels, hexadecimal (alerting S68). */
export function fingerprintOf(labels: Labels): string {
  const pairs = Object.entries(canonicalLabels(labels)).flat();
  return createHash('sha256').update(JSON.stringify(pairs)).digest('hex');
}
