import { SEVERITIES, type Severity } from '#lib/model/alert.ts';
import type { Finding } from '#lib/model/alert-finding.ts';
import type { OpenAlert, Past } from './open-alerts.ts';

/**
 * What a finding does to its alert. `refresh` moves value, words and ends without being news; `replace` ends the
 * occurrence there is and opens another; `ignore` leaves everything as it is.
 */
export type FindingDecision =
  | 'open'
  | 'refresh'
  | 'update'
  | 'raise_severity'
  | 'resolve'
  | 'replace'
  | 'ignore';

const rank = (severity: Severity): number => SEVERITIES.indexOf(severity);

type Said = Pick<Finding, 'firing' | 'startsAt' | 'endsAt' | 'severity' | 'title' | 'turned'>;
type Known = Pick<OpenAlert, 'startsAt' | 'endsAt' | 'severity' | 'title'>;

function decideForOpen(open: Known, finding: Said, at: Date): FindingDecision {
  if (!finding.firing) {
    const isOlder = finding.endsAt !== null && finding.endsAt < open.startsAt;
    return isOlder ? 'ignore' : 'resolve';
  }
  const hasEnded = open.endsAt !== null && open.endsAt <= at;
  if (hasEnded && open.endsAt !== null && finding.startsAt > open.endsAt) return 'replace';
  if (rank(finding.severity) > rank(open.severity)) return 'raise_severity';
  const isNews = finding.severity !== open.severity || finding.title !== open.title || finding.turned;
  return isNews ? 'update' : 'refresh';
}

/**
 * Decides on one finding (alerting S63, S65, S72, S77). A stretch of firing that a person resolved by hand stays
 * resolved until its source saw it end: only what began after that opens it again.
 */
export function decideFinding(
  open: Known | undefined,
  past: Past | undefined,
  finding: Said,
  at: Date,
): FindingDecision {
  if (open) return decideForOpen(open, finding, at);
  if (!finding.firing) return 'ignore';
  const byHand = past?.resolvedByHandAt ?? null;
  return byHand !== null && finding.startsAt <= byHand ? 'ignore' : 'open';
}

/** The start and end of an alert after a finding that still fires (Alertmanager's merge, alerting S64). */
export function mergeTimes(
  open: Pick<OpenAlert, 'startsAt' | 'endsAt' | 'endsByTimeout'>,
  finding: Pick<Finding, 'startsAt' | 'endsAt' | 'endsByTimeout'>,
): Pick<OpenAlert, 'startsAt' | 'endsAt' | 'endsByTimeout'> {
  const startsAt = new Date(Math.min(open.startsAt.getTime(), finding.startsAt.getTime()));
  const keepsEnd =
    open.endsAt !== null && finding.endsAt !== null && !open.endsByTimeout && open.endsAt > finding.endsAt;
  const { endsAt, endsByTimeout } = keepsEnd ? open : finding;
  return { startsAt, endsAt, endsByTimeout };
}

/** As many openings within an hour make an alert flap. */
const FLAPPING_OPENINGS = 5;

/** Whether an alert that opens now opened too often in the last hour. */
export function isFlapping(past: Past | undefined): boolean {
  return (past?.recent ?? 0) + 1 >= FLAPPING_OPENINGS;
}
