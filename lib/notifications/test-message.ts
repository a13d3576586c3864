import { sql } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import { databaseNow } from '#db/now.ts';
import { AppError } from '#lib/kernel/errors.ts';
import {
  NOTIFICATION_PRIORITY,
  type NotificationDraft,
  type NotificationMessage,
} from '#lib/model/notification.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { enqueueNotifications } from './enqueue.ts';

const TRIES_PER_MINUTE = 5;
const WORTH_MS = 60_000;

function testMessage(view: string): NotificationMessage {
  return {
    title: 'This is a test',
    text: 'Somebody tried this way from the settings. Nothing is wrong.',
    severity: 'info',
    status: 'notice',
    alerts: [],
    alertCount: 0,
    resolvedIds: [],
    links: { view, runbook: null },
    reason: 'test',
    groupLabels: {},
  };
}

/**
 * Sends a try to a channel or to somebody's own devices; the delivery log says what became of it.
 *
 * @throws AppError `rate_limited` after five in a minute for the same target (security O10)
 */
export async function sendTest(
  tx: Tx,
  target: Pick<NotificationDraft, 'teamId' | 'kind' | 'channelId' | 'userId'>,
  view: string,
): Promise<string> {
  const [recent] = await tx.execute<{ tries: number }>(sql`
    select count(*)::int as tries from notifications
    where team_id = ${target.teamId} and purpose = 'test' and created_at > alert_now() - interval '1 minute'
      and (channel_id = ${target.channelId ?? null}::uuid or user_id = ${target.userId ?? null}::uuid)`);
  if ((recent?.tries ?? 0) >= TRIES_PER_MINUTE)
    throw new AppError('rate_limited', 'That was tried often just now. Wait a minute.', {
      retryAfterSeconds: 60,
    });
  const cause = `test:${uuidv7()}`;
  const at = await databaseNow(tx);
  const ids = await enqueueNotifications(tx, [
    {
      ...target,
      purpose: 'test',
      alertIds: [],
      cause,
      reason: 'test',
      message: testMessage(view),
      priority: NOTIFICATION_PRIORITY.test,
      expiresAt: new Date(at.getTime() + WORTH_MS),
    },
  ]);
  return ids.get(cause) ?? '';
}
