import { alerts } from '#db/schema/alerts.ts';
import { notificationChannels } from '#db/schema/notifications.ts';
import type { NotificationDraft, NotificationMessage } from '#lib/model/notification.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import type { World } from './world.ts';

type Rows = Pick<World, 'db'>;
const HOUR_MS = 3_600_000;

async function only<T>(rows: Promise<T[]>): Promise<T> {
  const [row] = await rows;
  if (!row) throw new Error('The insert returned no row.');
  return row;
}

/** An alert as an outside sender would have raised it. */
export function makeAlert({ db }: Rows, teamId: string, values: Partial<typeof alerts.$inferInsert> = {}) {
  const fingerprint = uuidv7();
  return only(
    db
      .insert(alerts)
      .values({
        teamId,
        source: 'integration',
        sourceId: 'test',
        fingerprint,
        severity: 'critical',
        title: 'agent-1 is slow',
        startsAt: new Date(),
        ...values,
      })
      .returning(),
  );
}

export function makeChannel(
  { db }: Rows,
  teamId: string,
  values: Partial<typeof notificationChannels.$inferInsert> = {},
) {
  return only(
    db
      .insert(notificationChannels)
      .values({ teamId, kind: 'webhook', name: `channel ${uuidv7()}`, ...values })
      .returning(),
  );
}

export function makeMessage(values: Partial<NotificationMessage> = {}): NotificationMessage {
  return {
    title: 'agent-1 is slow',
    text: 'p95 is 12 s, above 5 s.',
    severity: 'critical',
    status: 'firing',
    alerts: [],
    alertCount: 1,
    resolvedIds: [],
    links: { view: '/alerts', runbook: null },
    reason: 'first',
    groupLabels: {},
    ...values,
  };
}

/** A message for a channel; give `userId`, `purpose` and `kind` for one to a person. */
export function makeDraft(
  values: Partial<NotificationDraft> & Pick<NotificationDraft, 'teamId'>,
): NotificationDraft {
  return {
    purpose: 'group',
    kind: 'webhook',
    alertIds: [],
    cause: uuidv7(),
    reason: 'first',
    message: makeMessage(),
    priority: 20,
    expiresAt: new Date(Date.now() + HOUR_MS),
    ...values,
  };
}
