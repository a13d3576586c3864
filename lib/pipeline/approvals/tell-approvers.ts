import { and, asc, eq, inArray, isNull } from 'drizzle-orm';
import type { Db, Tx } from '#db/client.ts';
import { databaseNow } from '#db/now.ts';
import { deployments } from '#db/schema/deployments.ts';
import { pushSubscriptions } from '#db/schema/notifications.ts';
import type { DeploymentRecord } from '#lib/deployments/move-deployment.ts';
import type { Holder } from '#lib/members/roles/role-holds.ts';
import { formatPlural, formatUtc } from '#lib/model/format.ts';
import { NOTIFICATION_PRIORITY, type NotificationDraft } from '#lib/model/notification.ts';
import { paths } from '#lib/model/paths.ts';
import { enqueueNotifications } from '#lib/notifications/enqueue.ts';
import { approversOf } from './approvers.ts';

const BATCH = 50;
/** Of one whose approval never expires. */
const NOTICE_HOURS = 24;

/** Those whose word counts for a deployment: whom its policy names of all who may approve, without who asked. */
function asked({ approverIds, requestedBy }: DeploymentRecord, mayApprove: readonly Holder[]): Holder[] {
  return mayApprove.filter(
    ({ id }) =>
      (approverIds.length === 0 || approverIds.includes(id)) &&
      !(requestedBy?.kind === 'user' && requestedBy.id === id),
  );
}

/** How people can be told: whether there is a mail server, and who has a device. */
interface Ways {
  byMail: boolean;
  withDevice: ReadonlySet<string>;
}

function draftsFor(
  row: DeploymentRecord,
  people: readonly Holder[],
  { byMail, withDevice }: Ways,
  now: Date,
): NotificationDraft[] {
  const { id, teamId, agentName, version, environment, requestedByName, approvalsNeeded, approvalExpiresAt } =
    row;
  const needs = `It needs ${formatPlural(approvalsNeeded, 'approval')}`;
  const until = approvalExpiresAt
    ? `${needs} until ${formatUtc(approvalExpiresAt.getTime())}, else it fails.`
    : `${needs}.`;
  const reason = 'approval_needed';
  const draft = {
    ...{ teamId, purpose: 'notice' as const, alertIds: [], reason },
    message: {
      title: `${agentName} ${version} waits for your approval`,
      text: `${requestedByName} asked for it to be deployed to ${environment}. ${until}`,
      ...{ severity: 'info' as const, status: 'notice' as const, alerts: [], alertCount: 0, resolvedIds: [] },
      links: { view: paths.deployment(id), runbook: null },
      ...{ reason, groupLabels: {} },
    },
    priority: NOTIFICATION_PRIORITY.notice,
    cause: `approval:${id}`,
    expiresAt: approvalExpiresAt ?? new Date(now.getTime() + NOTICE_HOURS * 3_600_000),
  };
  return people.flatMap(({ id: userId }) => [
    ...(byMail ? [{ ...draft, kind: 'email' as const, userId }] : []),
    ...(withDevice.has(userId) ? [{ ...draft, kind: 'push' as const, userId }] : []),
  ]);
}

async function withDevice(tx: Tx, people: readonly Holder[]): Promise<Set<string>> {
  if (people.length === 0) return new Set();
  const ids = people.map(({ id }) => id);
  const rows = await tx
    .selectDistinct({ userId: pushSubscriptions.userId })
    .from(pushSubscriptions)
    .where(inArray(pushSubscriptions.userId, ids));
  return new Set(rows.map(({ userId }) => userId));
}

/** What telling works with. */
export interface AskTools {
  db: Db;
  /** Without a mail server people are told on their devices alone. */
  sendsMail(): Promise<boolean>;
}

/**
 * Tells those whose word a deployment waits for, each deployment once, by mail and on their devices: what is written down
 * here goes with the messages, or not at all.
 *
 * @returns how many deployments people were told of
 */
export async function tellApprovers({ db, sendsMail }: AskTools): Promise<number> {
  const byMail = await sendsMail();
  return db.transaction(async (tx) => {
    const rows = await tx
      .select()
      .from(deployments)
      .where(and(eq(deployments.status, 'awaiting_approval'), isNull(deployments.approversToldAt)))
      .orderBy(asc(deployments.id))
      .limit(BATCH)
      .for('update', { skipLocked: true });
    if (rows.length === 0) return 0;
    const now = await databaseNow(tx);
    for (const row of rows) {
      // Decided already, or too late: nobody is asked for what they could not do any more.
      const isOpen =
        row.approvedAt === null && (row.approvalExpiresAt === null || row.approvalExpiresAt > now);
      const people = isOpen ? asked(row, await approversOf(tx, row.teamId)) : [];
      await enqueueNotifications(
        tx,
        draftsFor(row, people, { byMail, withDevice: await withDevice(tx, people) }, now),
      );
      await tx.update(deployments).set({ approversToldAt: now }).where(eq(deployments.id, row.id));
    }
    return rows.length;
  });
}
