import { z } from 'zod';
import { ALERT_STATUSES, SEVERITIES } from '#lib/model/alert.ts';
import type { NotificationMessage } from '#lib/model/notification.ts';

const alert = z.object({
  id: z.string(),
  title: z.string(),
  severity: z.enum(SEVERITIES),
  status: z.enum(ALERT_STATUSES),
  url: z.string(),
  startsAt: z.string(),
  value: z.number().nullable(),
});

/** Whatever is not as it should be is left out: a page says less then, but it goes (reliability F36). */
const message = z.object({
  title: z.string().catch('A message that could not be put into words'),
  text: z.string().catch(''),
  severity: z.enum(SEVERITIES).catch('error'),
  status: z.enum(['firing', 'resolved', 'notice']).catch('firing'),
  alerts: z.array(alert).catch([]),
  alertCount: z.number().catch(0),
  resolvedIds: z.array(z.string()).catch([]),
  links: z
    .object({ view: z.string().nullable(), runbook: z.string().nullable() })
    .catch({ view: '/alerts', runbook: null }),
  reason: z.string().catch('unknown'),
  insteadOf: z.string().optional().catch(undefined),
  groupLabels: z.record(z.string(), z.string()).catch({}),
});

/** The message of a row of the outbox, in a form that every adapter can rely on. */
export function soundMessage(stored: unknown): NotificationMessage {
  const isRecord = typeof stored === 'object' && stored !== null && !Array.isArray(stored);
  const { insteadOf, ...rest } = message.parse(isRecord ? stored : {});
  return insteadOf === undefined ? rest : { ...rest, insteadOf };
}
