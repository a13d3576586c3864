/**
 * The words of alerting: what severities, states and kinds there are. Rules, the alert's life, on-call and
 * notifications share them; each room's own shapes stand with it.
 */

/** From least to most urgent. */
export const SEVERITIES = ['info', 'warning', 'error', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** `active` is "triggered" in other systems. Data only moves an alert forward (alerting S72). */
export const ALERT_STATUSES = ['active', 'acknowledged', 'resolved'] as const;
export type AlertStatus = (typeof ALERT_STATUSES)[number];

/** How many of the active alerts need somebody: nothing keeps them quiet, and they are not back to normal. */
export const countToAnswer = (counts: { active: number; suppressed: number; recovering: number }): number =>
  Math.max(0, counts.active - counts.suppressed - counts.recovering);

/** Who found it: a rule of ours, a sender of the Alertmanager API, or Pitwall about itself. */
export const ALERT_SOURCES = ['rule', 'integration', 'system'] as const;
export type AlertSource = (typeof ALERT_SOURCES)[number];

export const RULE_TYPES = [
  'threshold',
  'rate_of_change',
  'absence',
  'ratio',
  'anomaly',
  'burn_rate',
] as const;
export type RuleType = (typeof RULE_TYPES)[number];

/** States of one instance of a rule; an instance without a row is normal. */
export const INSTANCE_STATES = ['pending', 'firing', 'recovering'] as const;
export type InstanceState = (typeof INSTANCE_STATES)[number];

/** Why an instance is in its state: what the data said, that there was none, or that it could not be asked. */
export const INSTANCE_KINDS = ['data', 'no_data', 'error'] as const;
export type InstanceKind = (typeof INSTANCE_KINDS)[number];

/** How a matcher compares a label with its value, in Alertmanager's notation. A missing label is empty. */
export const MATCH_OPERATORS = ['=', '!=', '=~', '!~'] as const;
export type MatchOperator = (typeof MATCH_OPERATORS)[number];
export interface LabelMatcher {
  name: string;
  operator: MatchOperator;
  value: string;
}

/** Identity of an alert: sorted by name, no empty values. */
export type Labels = Readonly<Record<string, string>>;

/** Why a group was notified (alerting S42 to S49, S53, S56, S76). */
export const NOTIFY_REASONS = [
  'first',
  'new_alerts',
  'some_resolved',
  'all_resolved',
  'repeat',
  'silence_expired',
  'maintenance_ended',
  'severity_raised',
] as const;
export type NotifyReason = (typeof NOTIFY_REASONS)[number];

/** Places a message can go to. `push` and `email` also reach a person; the rest are channels of a team. */
export const CHANNEL_KINDS = ['email', 'push', 'slack', 'teams', 'pagerduty', 'webhook'] as const;
export type ChannelKind = (typeof CHANNEL_KINDS)[number];

export const NOTIFICATION_STATUSES = [
  'queued',
  'sending',
  'sent',
  'delivered',
  'failed',
  'expired',
  'cancelled',
] as const;
export type NotificationStatus = (typeof NOTIFICATION_STATUSES)[number];

/** Alerts that one request may act on. */
export const BULK_MOST = 1000;
