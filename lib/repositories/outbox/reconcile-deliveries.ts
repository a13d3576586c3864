import { and, eq, inArray, sql } from 'drizzle-orm';
import { repositories, webhookDeliveries } from '#db/schema/repositories.ts';
import { isAppError } from '#lib/kernel/errors.ts';
import type { HookDelivery } from '#lib/ports/code-host/port.ts';
import { noteLimit } from './host-limits.ts';
import { hostedOf } from './hosted.ts';
import type { HostTools } from './tell-statuses.ts';

/** A repository is looked at again after this long. */
const EVERY_MINUTES = 10;
/** GitHub keeps deliveries, and sends them again, this long. */
const REACHES_MS = 3 * 86_400_000;
const BATCH = 10;
/** Deliveries of one repository that are asked for at a time. */
const MOST_AGAIN = 20;

interface Due extends Record<string, unknown> {
  id: string;
  hook_id: string;
}

const isTaken = ({ statusCode }: HookDelivery): boolean => statusCode >= 200 && statusCode < 300;

/** The latest attempt of each delivery that was answered well by none, the oldest first. */
function missed(sent: readonly HookDelivery[]): HookDelivery[] {
  const byGuid = [...Map.groupBy(sent, ({ guid }) => guid).values()];
  return byGuid
    .filter((attempts) => !attempts.some(isTaken))
    .flatMap((attempts) => attempts.toSorted((a, b) => b.deliveredAt - a.deliveredAt).slice(0, 1))
    .toSorted((a, b) => a.deliveredAt - b.deliveredAt);
}

/** Takes on repositories that are due, each by one worker, whose webhook has been heard of. */
async function claim({ db }: HostTools): Promise<Due[]> {
  return db.execute<Due>(sql`
    with due as materialized (
      select r.id, hook.hook_id from repositories r
      cross join lateral (select d.hook_id from webhook_deliveries d
        where d.repository_id = r.id and d.hook_id ~ '^[0-9]{1,15}$'
        order by d.received_at desc limit 1) hook
      where (r.reconciled_at is null or r.reconciled_at <= now() - make_interval(mins => ${EVERY_MINUTES}))
        and (r.limited_until is null or r.limited_until <= now())
      limit ${BATCH} for update of r skip locked
    )
    update repositories r set reconciled_at = now() from due where r.id = due.id
    returning r.id, due.hook_id`);
}

async function reconcile(tools: HostTools, { id, hook_id: hookId }: Due, nowMs: number): Promise<number> {
  const { db, sealer, host } = tools;
  const [row] = await db.select().from(repositories).where(eq(repositories.id, id));
  if (!row) return 0;
  const hosted = hostedOf(row, sealer);
  const codeHost = await host();
  const lost = missed(await codeHost.listDeliveries(hosted, hookId, nowMs - REACHES_MS));
  const { deliveryGuid } = webhookDeliveries;
  const known = await db
    .select({ guid: deliveryGuid })
    .from(webhookDeliveries)
    .where(
      and(
        eq(webhookDeliveries.repositoryId, id),
        inArray(
          deliveryGuid,
          lost.map(({ guid }) => guid),
        ),
      ),
    );
  const seen = new Set(known.map(({ guid }) => guid));
  const again = lost.filter(({ guid }) => !seen.has(guid)).slice(0, MOST_AGAIN);
  for (const { id: deliveryId } of again) await codeHost.redeliver(hosted, hookId, deliveryId);
  return again.length;
}

/**
 * Asks for deliveries that never arrived: GitHub sends none again by itself (deployment S-86). A webhook that was
 * never heard is not known; the first ping makes it so.
 */
export async function reconcileDeliveries(tools: HostTools, nowMs: number): Promise<number> {
  let asked = 0;
  for (const due of await claim(tools)) {
    try {
      asked += await reconcile(tools, due, nowMs);
    } catch (error) {
      if (!isAppError(error)) throw error;
      const { code, message, retryAfterSeconds } = error;
      tools.log.warn({ repositoryId: due.id, code, message }, 'missed deliveries could not be looked for');
      if (code !== 'rate_limited') continue;
      const [row] = await tools.db.select().from(repositories).where(eq(repositories.id, due.id));
      if (row) await noteLimit(tools.db, row, retryAfterSeconds ?? 60);
    }
  }
  return asked;
}
