import type { Db, Tx } from '#db/client.ts';
import { databaseNow } from '#db/now.ts';
import type { NotificationDraft } from '#lib/model/notification.ts';
import { enqueueNotifications } from '#lib/notifications/enqueue.ts';
import { claimPages, type DuePage, markHandedOver } from '#lib/on-call/claim-pages.ts';
import { bundleDrafts, PAGE_LIFETIME_MS, pageMessage, pagePriority } from './page-message.ts';

const BATCH = 2000;

function draftOf(page: DuePage, at: Date): NotificationDraft {
  return {
    teamId: page.teamId,
    purpose: 'page',
    kind: page.kind,
    userId: page.userId,
    contactMethodId: page.contactMethodId,
    alertIds: [page.alertId],
    cause: `page:${page.pageIds[0]}`,
    reason: 'page',
    message: pageMessage(page, 'page'),
    priority: pagePriority(page.isFirst),
    expiresAt: new Date(at.getTime() + PAGE_LIFETIME_MS),
  };
}

async function handOver(tx: Tx, pages: readonly DuePage[]): Promise<void> {
  const at = await databaseNow(tx);
  const made = pages.map((page) => ({ page, draft: draftOf(page, at) }));
  const drafts = bundleDrafts(made.map(({ draft }) => draft));
  const ids = await enqueueNotifications(tx, drafts);
  const byAlert = new Map(
    drafts.flatMap(({ cause, alertIds, contactMethodId }) =>
      alertIds.map((alertId) => [`${alertId} ${contactMethodId}`, ids.get(cause) ?? null] as const),
    ),
  );
  await markHandedOver(
    tx,
    made.map(({ page }) => ({
      pageIds: page.pageIds,
      notificationId: byAlert.get(`${page.alertId} ${page.contactMethodId}`) ?? null,
    })),
  );
}

/**
 * Writes messages for the pages that are due, in the transaction that marks them: a page is in the outbox or
 * still waits, whatever dies in between.
 *
 * @returns how many pages were handed over, and whether more wait
 */
export async function handOverPages(db: Db): Promise<{ done: number; more: boolean }> {
  return db.transaction(async (tx) => {
    const pages = (await claimPages(tx, BATCH)) ?? [];
    if (pages.length > 0) await handOver(tx, pages);
    return { done: pages.length, more: pages.length >= BATCH };
  });
}
