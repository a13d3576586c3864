import type { z } from 'zod';
import { getAlert } from '#lib/alerts/alert-queries.ts';
import { countAlerts, listAlerts } from '#lib/alerts/inbox-queries.ts';
import { commentOnAlert, giveAlertFeedback } from '#lib/alerts/note-on-alert.ts';
import { knownLabels, matchingAlerts } from '#lib/alerts/quiet/matching-alerts.ts';
import { acknowledgeAlert } from '#lib/pipeline/respond/acknowledge-alert.ts';
import { reassignAlert } from '#lib/pipeline/respond/reassign-alert.ts';
import { reopenAlert } from '#lib/pipeline/respond/reopen-alert.ts';
import { resolveAlert } from '#lib/pipeline/respond/resolve-alert.ts';
import { respondInBulk } from '#lib/pipeline/respond/respond-in-bulk.ts';
import { snoozeAlert } from '#lib/pipeline/respond/snooze-alert.ts';
import type { Operation } from './operation.ts';

const operation = <S extends z.ZodType, R>(row: Omit<Operation<S, R>, 'tag'>): Operation<S, R> => ({
  ...row,
  tag: 'alerts',
});

/** The rows of `/api/v1/alerts`: the inbox, one alert, and what people do with alerts. */
export const alertOperations = {
  listAlerts: operation({
    method: 'GET',
    path: '/alerts',
    verb: listAlerts,
    summary: 'List alerts, the most urgent first; without a status those that are not resolved',
    answer: 'AlertPage',
  }),
  countAlerts: operation({
    method: 'GET',
    path: '/alerts/counts',
    verb: countAlerts,
    summary: 'How many alerts are open',
    answer: 'AlertCounts',
  }),
  respondInBulk: operation({
    method: 'POST',
    path: '/alerts/bulk',
    verb: respondInBulk,
    summary: 'Acknowledge, resolve or snooze many alerts; what is over stays as it is',
    answer: 'AlertsChanged',
  }),
  matchingAlerts: operation({
    method: 'POST',
    path: '/alerts/matching',
    verb: matchingAlerts,
    summary: 'Which open alerts matchers would touch now; changes nothing',
    answer: 'MatchingAlerts',
  }),
  knownAlertLabels: operation({
    method: 'GET',
    path: '/alerts/labels',
    verb: knownLabels,
    summary: 'Labels of the latest alerts with their values, to write matchers from',
    answer: 'KnownLabels',
  }),
  getAlert: operation({
    method: 'GET',
    path: '/alerts/{id}',
    verb: getAlert,
    summary: 'Read an alert with its timeline',
    answer: 'Alert',
  }),
  acknowledgeAlert: operation({
    method: 'POST',
    path: '/alerts/{id}/acknowledge',
    verb: acknowledgeAlert,
    summary: 'Acknowledge an alert: its escalation stops',
    answer: 'AlertAcknowledged',
  }),
  resolveAlert: operation({
    method: 'POST',
    path: '/alerts/{id}/resolve',
    verb: resolveAlert,
    summary: 'Resolve an alert by hand',
    answer: 'AlertChanged',
  }),
  snoozeAlert: operation({
    method: 'POST',
    path: '/alerts/{id}/snooze',
    verb: snoozeAlert,
    summary: 'Acknowledge an alert for a while; then it is active again',
    answer: 'AlertSnoozed',
  }),
  reassignAlert: operation({
    method: 'POST',
    path: '/alerts/{id}/reassign',
    verb: reassignAlert,
    summary: 'Hand an alert to somebody of the team, who is paged',
    answer: 'AlertChanged',
  }),
  reopenAlert: operation({
    method: 'POST',
    path: '/alerts/{id}/reopen',
    verb: reopenAlert,
    summary: 'Open a resolved alert again, as a new one',
    answer: 'AlertChanged',
  }),
  commentOnAlert: operation({
    method: 'POST',
    path: '/alerts/{id}/comment',
    verb: commentOnAlert,
    summary: "Write into an alert's timeline",
    answer: 'AlertChanged',
  }),
  giveAlertFeedback: operation({
    method: 'POST',
    path: '/alerts/{id}/feedback',
    verb: giveAlertFeedback,
    summary: 'Say whether an alert was useful or noise; null takes it back',
    answer: 'AlertChanged',
  }),
};
