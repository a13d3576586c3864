/** What is seen of notifications: channels, devices and the delivery log. */
import type { Tone } from '#components/ui/status.tsx';
import type { NotificationStatus } from '#lib/model/alert.ts';
import type { TeamChannelKind } from '#lib/model/notification-channel.ts';

export const KIND_WORDS: Record<TeamChannelKind | 'push', string> = {
  email: 'E-mail',
  slack: 'Slack',
  teams: 'Microsoft Teams',
  pagerduty: 'PagerDuty',
  webhook: 'Webhook',
  push: 'Web push',
};

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
