import { sql } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import { NOTIFICATION_PRIORITY, type NotificationDraft } from '#lib/model/notification.ts';
import { paths } from '#lib/model/paths.ts';
import type { Outcome } from '../delivery/record-outcomes.ts';
import { enqueueNotifications } from '../enqueue.ts';

const WARNING_HOURS = 24;

function warning({ claim }: Outcome): NotificationDraft {
  return {
    teamId: claim.teamId,
    purpose: 'notice',
    kind: 'email',
    userId: claim.userId,
    alertIds: claim.alertIds,
    cause: `no-device:${claim.pushSubscriptionId ?? claim.id}`,
    reason: 'no_device',
    message: {
      ...claim.message,
      title: 'None of your devices takes push any more',
      text: `The last one was signed off by its push service. What it should have shown: ${claim.message.title}\nOpen Pitwall on your phone and switch notifications on again.`,
      status: 'notice',
      links: { ...claim.message.links, view: paths.devices() },
      reason: 'no_device',
    },
    priority: NOTIFICATION_PRIORITY.page,
    expiresAt: new Date(claim.claimedMs + WARNING_HOURS * 3_600_000),
  };
}

/**
 * Forgets devices whose push service says that they are gone, and warns a person by mail who has none left
 * (alerting S95).
 */
export async function forgetGoneDevices(tx: Tx, failed: readonly Outcome[]): Promise<void> {
  const gone = failed.filter(({ claim, reason }) => reason === 'gone' && claim.pushSubscriptionId !== null);
  if (gone.length === 0) return;
  const ids = JSON.stringify(gone.map(({ claim }) => claim.pushSubscriptionId));
  const people = await tx.execute<{ user_id: string }>(sql`
    delete from push_subscriptions
    where id in (select value::uuid from jsonb_array_elements_text(${ids}::text::jsonb))
    returning user_id`);
  const users = [...new Set(people.map(({ user_id }) => user_id))];
  if (users.length === 0) return;
  const left = await tx.execute<{ user_id: string }>(sql`
    select distinct user_id from push_subscriptions
    where user_id in (select value::uuid from jsonb_array_elements_text(${JSON.stringify(users)}::text::jsonb))`);
  const reachable = new Set(left.map(({ user_id }) => user_id));
  const warned = new Map(gone.map((outcome) => [outcome.claim.userId ?? '', outcome]));
  const drafts = [...warned].filter(([userId]) => users.includes(userId) && !reachable.has(userId));
  await enqueueNotifications(
    tx,
    drafts.map(([, outcome]) => warning(outcome)),
  );
}
