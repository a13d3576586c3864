import type { AlertRow } from '#lib/model/alert-view.ts';

/** An alert for tests of what shows alerts. */
export function alertRow(values: Partial<AlertRow> = {}): AlertRow {
  return {
    id: '01890a5d-ac96-774b-bcce-b302099a8057',
    source: 'rule',
    sourceId: 'rule-1',
    labels: { alertname: 'High error rate' },
    agent: null,
    severity: 'warning',
    status: 'active',
    title: 'High error rate',
    message: '',
    value: null,
    startsAt: 0,
    lastReceivedAt: 0,
    acknowledged: null,
    assignee: null,
    snoozedUntil: null,
    resolved: null,
    flapping: false,
    recovering: null,
    suppressedBy: [],
    feedback: null,
    version: 1,
    ...values,
  };
}
