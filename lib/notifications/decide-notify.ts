import type { NotifyReason } from '#lib/model/alert.ts';

/** What is true of a group now, of what nothing keeps quiet. */
export interface GroupNow {
  /** Ids of alerts that fire, and of those that are over. */
  firing: readonly string[];
  resolved: readonly string[];
  /** Somebody has each of those that fire: there is nobody to look for. */
  allAcknowledged: boolean;
  /** The latest cause to say again what was said before, of an alert that fires. */
  retell: { at: Date; reason: NotifyReason } | null;
}

/** What a channel was last told of a group. */
export interface Told {
  firing: readonly string[];
  resolved: readonly string[];
  /** The tick whose message it was, or its delivery where that took long. */
  sentAt: Date;
}

export interface NotifyRules {
  sendResolved: boolean;
  repeatIntervalMs: number;
}

/** `record`: nothing is sent, and the log says that there is nothing left to tell (alerting S44). */
type NotifyDecision =
  | { act: 'none' }
  | { act: 'send'; reason: NotifyReason }
  | { act: 'record'; reason: NotifyReason };

const NONE: NotifyDecision = { act: 'none' };
const send = (reason: NotifyReason): NotifyDecision => ({ act: 'send', reason });

const repeatIsDue = ({ sentAt }: Told, { repeatIntervalMs }: NotifyRules, now: Date) =>
  now.getTime() - sentAt.getTime() >= repeatIntervalMs;

function decideFiring(group: GroupNow, told: Told, rules: NotifyRules, now: Date): NotifyDecision {
  const known = new Set(told.firing);
  if (group.retell && group.retell.at > told.sentAt) return send(group.retell.reason);
  if (group.firing.some((id) => !known.has(id))) return send(known.size === 0 ? 'first' : 'new_alerts');
  if (rules.sendResolved && group.resolved.some((id) => known.has(id) && !told.resolved.includes(id)))
    return send('some_resolved');
  return repeatIsDue(told, rules, now) ? send('repeat') : NONE;
}

/**
 * Whether a channel is told of a group, and why: the table of alerting S42 to S46. Total and pure; the log
 * it goes by is written by delivery.
 */
export function decideNotify(
  group: GroupNow,
  told: Told | null,
  rules: NotifyRules,
  now: Date,
): NotifyDecision {
  const isTaken = group.firing.length > 0 && group.allAcknowledged;
  if (isTaken) return NONE;
  if (told === null) {
    if (group.firing.length === 0) return NONE;
    const words = group.retell?.reason;
    return send(words === undefined || words === 'severity_raised' ? 'first' : words);
  }
  if (group.firing.length > 0) return decideFiring(group, told, rules, now);
  const ended = group.resolved.some((id) => told.firing.includes(id));
  if (!ended) return NONE;
  return { act: rules.sendResolved ? 'send' : 'record', reason: 'all_resolved' };
}
