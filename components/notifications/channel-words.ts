/** What is seen of notifications: channels, devices and the delivery log. */
import type { Tone } from '#components/ui/status.tsx';
import type { NotificationStatus } from '#lib/model/alert.ts';
import type { ChannelView, TeamChannelKind } from '#lib/model/notification-channel.ts';
import type { DeliveryRow } from '#lib/model/notification-view.ts';

export const KIND_WORDS: Record<TeamChannelKind | 'push', string> = {
  email: 'E-mail',
  slack: 'Slack',
  teams: 'Microsoft Teams',
  pagerduty: 'PagerDuty',
  webhook: 'Webhook',
  push: 'Web push',
};

/** To whom a message went, by which of their ways or to which device: what tells rows of one cause apart. */
export function deliveryWay({
  to,
  kind,
  contact,
  device,
}: Pick<DeliveryRow, 'to' | 'kind' | 'contact' | 'device'>): string {
  const way = device ?? contact;
  const isKnown = way === null || way === KIND_WORDS[kind];
  return [to, isKnown ? KIND_WORDS[kind] : `${KIND_WORDS[kind]} (${way})`].filter(Boolean).join(' · ');
}

/** Whether a message may still change what is shown of it. */
export const isUnderWay = ({ status }: { status: NotificationStatus }): boolean =>
  status === 'queued' || status === 'sending';

/** What is known of a channel: `Unproven` until something arrived through it. */
export function channelLook(channel: Pick<ChannelView, 'status' | 'lastSentAt'>): {
  tone: Tone;
  word: string;
} {
  if (channel.status === 'broken') return { tone: 'critical', word: 'Broken' };
  return channel.lastSentAt === null ? { tone: 'unknown', word: 'Unproven' } : { tone: 'ok', word: 'Well' };
}

export const DELIVERY_TONES: Record<NotificationStatus, Tone> = {
  queued: 'progress',
  sending: 'progress',
  sent: 'ok',
  delivered: 'ok',
  failed: 'critical',
  expired: 'critical',
  cancelled: 'unknown',
};

export const DELIVERY_WORDS: Record<NotificationStatus, string> = {
  queued: 'Waiting',
  sending: 'Being sent',
  sent: 'Sent',
  delivered: 'Delivered',
  failed: 'Failed',
  expired: 'Expired',
  cancelled: 'Not sent',
};
