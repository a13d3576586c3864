import type { NotifyReason } from '#lib/model/alert.ts';
import { NOTIFICATION_PRIORITY, type NotificationDraft } from '#lib/model/notification.ts';
import { decideNotify, type GroupNow, type Told } from './decide-notify.ts';
import type { DueGroup, GroupChannel, GroupMember } from './due-groups.ts';
import { groupMessage } from './group-message.ts';

/** Everything that is known of a group when its tick comes. */
interface GroupSight {
  group: DueGroup;
  members: readonly GroupMember[];
  channels: readonly GroupChannel[];
  told: (channelId: string) => Told | null;
  /** A message for this channel is on its way and may yet arrive: look again soon instead of telling twice. */
  isSending: (channelId: string) => boolean;
}

/** What a look leads to. */
export interface GroupLook {
  drafts: NotificationDraft[];
  /** Channels that want no word of the end, with the alerts that their log then says are over (alerting S44). */
  records: { channelId: string; resolved: string[] }[];
  /** Members that nobody needs to be told of any more (alerting S39). */
  leaving: string[];
  lookAgainSoon: boolean;
}

/**
 * A message is given up when the next tick makes a newer one, but gets this long at least: a lease and another try,
 * so that what a dead process may have sent is sent again as itself (alerting S37, reliability F3).
 */
const LEAST_TTL_MS = 120_000;

function nowOf(members: readonly GroupMember[]): GroupNow & { words: string } {
  const heard = members.filter(({ muted }) => !muted);
  const firing = heard.filter(({ status }) => status !== 'resolved');
  const [latest] = firing
    .flatMap(({ retell }) => (retell ? [retell] : []))
    .toSorted((a, b) => b.at.getTime() - a.at.getTime());
  return {
    firing: firing.map(({ id }) => id),
    resolved: heard.filter(({ status }) => status === 'resolved').map(({ id }) => id),
    allAcknowledged: firing.every(({ status }) => status === 'acknowledged'),
    retell: latest ?? null,
    words: latest?.words ?? '',
  };
}

function draftOf(
  { group, members, told }: GroupSight,
  channel: GroupChannel,
  reason: NotifyReason,
  now: GroupNow & { words: string },
  at: Date,
): NotificationDraft {
  const known = new Set(told(channel.id)?.firing);
  const firing = members.filter(({ id }) => now.firing.includes(id));
  const ended = new Set(now.resolved.filter((id) => known.has(id)));
  const resolved = channel.sendResolved ? members.filter(({ id }) => ended.has(id)) : [];
  const isRetold = now.retell !== null && now.retell.reason === reason;
  const words = isRetold ? now.words : '';
  return {
    teamId: group.teamId,
    purpose: 'group',
    kind: channel.kind,
    channelId: channel.id,
    groupId: group.id,
    alertIds: [...firing, ...resolved].map(({ id }) => id),
    cause: `group ${group.id} ${group.flushes + 1}`,
    reason,
    message: groupMessage({ firing, resolved, labels: group.labels, reason, words }),
    priority: reason === 'repeat' ? NOTIFICATION_PRIORITY.repeat : NOTIFICATION_PRIORITY.group,
    expiresAt: new Date(at.getTime() + Math.max(group.groupIntervalMs, LEAST_TTL_MS)),
  };
}

/** Whether some channel still believes that this alert fires and is to hear of its end. */
function isAwaited(id: string, { channels, told }: GroupSight): boolean {
  return channels.some((channel) => told(channel.id)?.firing.includes(id) ?? false);
}

/** What a channel knows of the alerts that are still in the group: those that left, muted, were never ended for it. */
function ofMembers({ members, told }: GroupSight): GroupSight['told'] {
  const present = new Set(members.map(({ id }) => id));
  return (channelId) => {
    const known = told(channelId);
    return known && { ...known, firing: known.firing.filter((id) => present.has(id)) };
  };
}

/** Looks at a group at its tick: whom to tell what, and who leaves. Pure. */
export function lookAtGroup(whole: GroupSight, at: Date): GroupLook {
  const sight = { ...whole, told: ofMembers(whole) };
  const { group, members, channels } = sight;
  const now = nowOf(members);
  const look: GroupLook = { drafts: [], records: [], leaving: [], lookAgainSoon: false };
  for (const channel of channels) {
    if (sight.isSending(channel.id)) {
      look.lookAgainSoon = true;
      continue;
    }
    const rules = { sendResolved: channel.sendResolved, repeatIntervalMs: group.repeatIntervalMs };
    const decision = decideNotify(now, sight.told(channel.id), rules, at);
    if (decision.act === 'send') look.drafts.push(draftOf(sight, channel, decision.reason, now, at));
    if (decision.act === 'record') look.records.push({ channelId: channel.id, resolved: [...now.resolved] });
  }
  const recorded = new Set(look.records.map(({ channelId }) => channelId));
  const listening = { ...sight, channels: channels.filter(({ id }) => !recorded.has(id)) };
  look.leaving = members
    .filter(({ status }) => status === 'resolved')
    // What is on its way may tell of its beginning: then somebody will wait for its end.
    .filter(({ id, muted }) => muted || !(look.lookAgainSoon || isAwaited(id, listening)))
    .map(({ id }) => id);
  return look;
}
