import type { Tx } from '#db/client.ts';
import type { AlertChange, ChangedAlert, Finding } from '#lib/model/alert-finding.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { decideFinding, type FindingDecision, isFlapping, mergeTimes } from './decide-finding.ts';
import { keyOf, lockOpenAlerts, type OpenAlert, type Past, readPasts } from './open-alerts.ts';
import { keepLooksOut } from './stale-mutes.ts';
import { systemDoer, type TimelineEntry, writeTimeline } from './timeline.ts';
import { insertAlerts, type NewAlert, type UpdatedAlert, updateAlerts } from './write-alerts.ts';

/** How often it is tried again after somebody else opened the same alert in between. */
const RACES = 5;

interface Plan {
  inserts: NewAlert[];
  updates: UpdatedAlert[];
  changed: ChangedAlert[];
}

const CHANGES: Partial<Record<FindingDecision, AlertChange>> = {
  resolve: 'resolved',
  update: 'updated',
  raise_severity: 'severity_raised',
};

function stateAfter(open: OpenAlert, finding: Finding, decision: FindingDecision, at: Date): OpenAlert {
  const {
    fingerprint: _same,
    labels: _identity,
    startsAt: _start,
    firing: _firing,
    turned: _turned,
    ...said
  } = finding;
  const version = open.version + (decision === 'refresh' ? 0 : 1);
  const agentId = finding.agentId ?? open.agentId;
  if (decision === 'resolve') {
    const endsAt = finding.endsAt ?? at;
    return { ...open, status: 'resolved', endsAt, endsByTimeout: false, value: finding.value, version };
  }
  const status = decision === 'raise_severity' ? 'active' : open.status;
  return { ...open, ...said, ...mergeTimes(open, finding), agentId, status, version };
}

function planOpening(teamId: string, finding: Finding, past: Past | undefined): NewAlert {
  const { firing: _firing, turned: _turned, ...said } = finding;
  const id = uuidv7();
  return {
    ...said,
    id,
    teamId,
    status: 'active',
    suppressedBy: [],
    version: 1,
    flapping: isFlapping(past),
  };
}

function plan(
  teamId: string,
  findings: readonly Finding[],
  known: { open: Map<string, OpenAlert>; pasts: Map<string, Past> },
  at: Date,
): Plan {
  const made: Plan = { inserts: [], updates: [], changed: [] };
  for (const finding of findings) {
    const key = keyOf(finding);
    const open = known.open.get(key);
    const past = known.pasts.get(key);
    const decision = decideFinding(open, past, finding, at);
    if (decision === 'ignore') continue;
    if (open && decision !== 'open') {
      const step = decision === 'replace' ? 'resolve' : decision;
      const said = decision === 'replace' ? { ...finding, endsAt: open.endsAt, reason: 'replaced' } : finding;
      const alert = stateAfter(open, said, step, at);
      made.updates.push({ ...alert, reason: said.reason });
      const change = CHANGES[step];
      if (change) made.changed.push({ alertId: alert.id, fingerprint: alert.fingerprint, change, alert });
    }
    if (decision === 'open' || decision === 'replace') made.inserts.push(planOpening(teamId, finding, past));
  }
  return made;
}

function entriesOf({ changed, inserts, updates }: Plan): TimelineEntry[] {
  const reasons = new Map([...inserts, ...updates].map(({ id, reason }) => [id, reason]));
  return changed.map(({ alertId, change, alert }) => {
    const { severity, value, title } = alert;
    return { alertId, kind: change, note: reasons.get(alertId), details: { severity, value, title } };
  });
}

function openedOf(alert: NewAlert): ChangedAlert {
  const { flapping: _flapping, endsAt: _end, endsByTimeout: _timeout, reason: _reason, ...state } = alert;
  return { alertId: alert.id, fingerprint: alert.fingerprint, change: 'opened', alert: state };
}

async function raiseOnce(tx: Tx, teamId: string, findings: readonly Finding[], at: Date) {
  const open = await lockOpenAlerts(tx, teamId, findings);
  const absent = findings.filter((finding) => finding.firing && !isSettled(open.get(keyOf(finding)), at));
  const pasts = await readPasts(tx, teamId, absent, at);
  const planned = plan(teamId, findings, { open, pasts }, at);
  await updateAlerts(tx, planned.updates, at);
  const { made, lost } = await insertAlerts(tx, planned.inserts, at);
  const changed = [...planned.changed, ...made.map(openedOf)];
  const flapping = made.filter((alert) => alert.flapping);
  const entries = [
    ...entriesOf({ ...planned, changed }),
    ...flapping.map(({ id }): TimelineEntry => ({ alertId: id, kind: 'flapping' })),
  ];
  return { changed, entries, lost };
}

/** Open and without an end that may have passed: its past decides nothing. */
const isSettled = (open: OpenAlert | undefined, at: Date): boolean =>
  open !== undefined && (open.endsAt === null || open.endsAt > at);

/** The last finding about each alert. */
function latest(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((finding) => [keyOf(finding), finding])).values()].sort((a, b) =>
    keyOf(a) < keyOf(b) ? -1 : 1,
  );
}

/**
 * Turns findings into alerts: opens, updates and resolves occurrences, with their timelines, in a handful of
 * statements however many there are. Findings about the same alert that come at the same time take turns.
 *
 * @returns what is news, in no particular order
 */
export async function raiseAlerts(
  tx: Tx,
  teamId: string,
  findings: readonly Finding[],
  at: Date,
): Promise<ChangedAlert[]> {
  const all: ChangedAlert[] = [];
  await keepLooksOut(tx, teamId);
  let rest = latest(findings);
  for (let race = 0; rest.length > 0 && race < RACES; race++) {
    const { changed, entries, lost } = await raiseOnce(tx, teamId, rest, at);
    await writeTimeline(tx, teamId, systemDoer(rest[0]?.source ?? ''), entries, at);
    all.push(...changed);
    rest = rest.filter((finding) => lost.has(keyOf(finding)));
  }
  // Whoever brought them tries again: nothing of them may be left out in silence.
  if (rest.length > 0) throw new Error(`${rest.length} alerts could not be opened`);
  return all;
}
