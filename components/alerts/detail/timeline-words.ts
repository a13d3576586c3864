import type { NotifyReason } from '#lib/model/alert.ts';
import type { AlertEvent } from '#lib/model/alert-view.ts';
import { formatDuration } from '#lib/model/format.ts';

type Words = (event: AlertEvent) => string;

/** The doors that an act may come through, in words. */
const DOORS: Record<string, string> = {
  push: 'from a notification',
  link: 'by a link',
  api: 'over the API',
  slack: 'from Slack',
  teams: 'from Teams',
};

const WAYS: Record<string, string> = {
  email: 'E-mail',
  push: 'Push',
  slack: 'Slack',
  teams: 'Teams',
  pagerduty: 'PagerDuty',
  webhook: 'Webhook',
};

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function by({ actor, via }: AlertEvent): string {
  const door = DOORS[via];
  return `by ${actor.name}${door ? ` ${door}` : ''}`;
}

/** Where a message went: the person or channel, and which of their devices or ways where they may have several. */
function target({ details, via }: AlertEvent): string {
  const way = WAYS[via] ?? via;
  const name = text(details.userName) || text(details.channelName);
  const detail = text(details.device) || text(details.contactName);
  const which = detail === '' || detail === way ? '' : ` (${detail})`;
  return name === '' ? `${way}${which}` : `${way} to ${name}${which}`;
}

/** Why a message was sent, where it was not the first about the alert. */
const CAUSES: Record<string, string> = {
  new_alerts: 'others joined',
  some_resolved: 'some are over',
  all_resolved: 'it is over',
  repeat: 'a reminder',
  silence_expired: 'a silence ended',
  maintenance_ended: 'maintenance ended',
  severity_raised: 'more severe',
  fallback: 'in place of a channel',
  no_device: 'no device is left',
} satisfies Partial<Record<NotifyReason | 'fallback' | 'no_device', string>>;

function message(event: AlertEvent, end: string): string {
  const cause = CAUSES[text(event.details.reason)];
  return `${target(event)}: ${end}${cause ? `, ${cause}` : ''}`;
}

function snoozed(event: AlertEvent): string {
  const { until } = event.details;
  const span = typeof until === 'number' ? ` for ${formatDuration(until - event.at)}` : '';
  return `Snoozed${span} ${by(event)}`;
}

const step = ({ details }: AlertEvent) =>
  typeof details.step === 'number' ? `, step ${details.step} of ${text(details.policy)}` : '';

const WORDS: Record<string, Words> = {
  opened: ({ details }) => (details.from ? 'Opened again from an earlier alert' : 'Began to fire'),
  updated: () => 'Changed',
  severity_raised: ({ details }) => `Raised to ${text(details.severity)}`,
  resolved: (event) => (event.actor.kind === 'system' ? 'Resolved' : `Resolved ${by(event)}`),
  flapping: () => 'Flaps: it opened often within an hour',
  acknowledged: (event) => `Acknowledged ${by(event)}`,
  also_acknowledged: (event) => `Also acknowledged ${by(event)}`,
  late_acknowledged: (event) => `Acknowledged ${by(event)} after it was over`,
  acknowledgement_expired: () => 'The acknowledgement ran out: active again',
  snoozed,
  snooze_ended: () => 'The snooze ended: active again',
  reassigned: (event) => {
    const name = text(event.details.userName);
    return `Handed over ${name === '' ? '' : `to ${name} `}${by(event)}`;
  },
  reopened: (event) => `Opened again as a new alert ${by(event)}`,
  commented: (event) => `${event.actor.name} wrote`,
  feedback: (event) => {
    const { feedback } = event.details;
    if (feedback !== 'useful' && feedback !== 'noise') return `Feedback taken back ${by(event)}`;
    return `Called ${feedback === 'noise' ? 'noise' : 'useful'} ${by(event)}`;
  },
  suppressed: () => 'Kept quiet',
  unsuppressed: () => 'No longer kept quiet',
  escalated: (event) =>
    event.details.fallback === true
      ? `Nobody was reached: ${event.note === '' ? 'no administrator is there to tell' : 'the administrators are told'}`
      : `Escalated${step(event)}`,
  nobody_on_call: () => 'Nobody is on call: the next step follows at once',
  escalation_paused: () => 'Escalation waits for its hours',
  escalation_exhausted: () => 'Escalation is at its end',
  escalation_hurried: () => 'Nothing arrived: escalated at once',
  notified: (event) => message(event, 'sent'),
  notification_failed: (event) => message(event, 'not delivered'),
};

/** What happened, in words; a kind that is not known here is shown by its name. */
export function eventWords(event: AlertEvent): string {
  return WORDS[event.kind]?.(event) ?? event.kind.replaceAll('_', ' ');
}

/** An entry with those right after it that would read the same. */
export interface FoldedEvent {
  event: AlertEvent;
  words: string;
  count: number;
}

/** Messages of one cause leave within this, milliseconds. */
const TOGETHER_MS = 60_000;

/** Entries in words; messages that say the same of several devices, or several times at once, are one with their count. */
export function foldEvents(events: readonly AlertEvent[]): FoldedEvent[] {
  const folded: FoldedEvent[] = [];
  for (const event of events) {
    const words = eventWords(event);
    const same = folded.findLast(
      (last) => Math.abs(last.event.at - event.at) <= TOGETHER_MS && isSame(last, event, words),
    );
    if (same) same.count += 1;
    else folded.push({ event, words, count: 1 });
  }
  return folded.map(({ event, words, count }) => ({
    event,
    count,
    words: countedWords(event, words, count),
  }));
}

function isSame(last: FoldedEvent, event: AlertEvent, words: string): boolean {
  return (
    typeof event.details.notificationId === 'string' && last.words === words && last.event.note === event.note
  );
}

function countedWords({ details }: AlertEvent, words: string, count: number): string {
  if (count === 1) return words;
  return `${words} · ${count} ${text(details.device) === '' ? 'times' : 'devices'}`;
}

/** Entries that say that something went wrong on the way to people. */
export const isTrouble = ({ kind }: Pick<AlertEvent, 'kind'>): boolean =>
  kind === 'notification_failed' || kind === 'nobody_on_call' || kind === 'escalation_exhausted';
