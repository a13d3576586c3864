import { createHash } from 'node:crypto';
import { and, desc, eq, inArray } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '#db/client.ts';
import { agents } from '#db/schema/agents.ts';
import { contentErasures } from '#db/schema/content.ts';
import { requireRecentSignIn } from '#lib/access/require.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { ERASURE_KINDS, type ErasureKind, type ErasureView } from '#lib/model/erasure.ts';
import { uuidv7 } from '#lib/model/uuid.ts';

const SHOWN = 20;
const OPEN_AT_MOST = 20;
/** Clocks of senders run ahead by an hour at most. */
const AHEAD_MS = 3_600_000;

/** A name for what must not be named: who knows the erasure's id and the value can check that it was this one. */
function hashLabel(id: string, value: string): string {
  return `sha256:${createHash('sha256').update(`${id} ${value}`).digest('hex').slice(0, 32)}`;
}

async function labelOf(
  tx: Tx,
  teamId: string,
  kind: ErasureKind,
  value: string,
  id: string,
): Promise<string> {
  if (kind !== 'agent') return hashLabel(id, value);
  const parsed = z.uuid().safeParse(value);
  const own = parsed.success && and(eq(agents.teamId, teamId), eq(agents.id, parsed.data));
  const [agent] = own ? await tx.select({ name: agents.name }).from(agents).where(own) : [];
  if (!agent) throw new AppError('not_found', 'There is no such agent.');
  return agent.name;
}

/**
 * Asks for the erasure of what was said: to and by an agent, in a conversation, or by a person. The worker does it, hour
 * by hour of what is stored, and again after an hour and after a day for what arrives late. What is said from then on
 * is not meant.
 *
 * @throws AppError `not_found` for an agent that the team does not have, `conflict` when too many are under way
 */
export const requestErasure = defineCommand({
  name: 'content.request-erasure',
  permission: 'content:erase',
  input: z.strictObject({
    kind: z.enum(ERASURE_KINDS),
    value: z.string().trim().min(1, 'Say of what.').max(500),
  }),
  audit: { action: 'content.request-erasure', target: 'erasure' },
  async run({ input: { kind, value }, actor, tx, now }) {
    requireRecentSignIn(actor, now);
    const { teamId } = actor;
    const id = uuidv7(now.getTime());
    const label = await labelOf(tx, teamId, kind, value, id);
    const open = await tx
      .select({ id: contentErasures.id })
      .from(contentErasures)
      .where(
        and(eq(contentErasures.teamId, teamId), inArray(contentErasures.status, ['waiting', 'running'])),
      );
    if (open.length >= OPEN_AT_MOST) throw new AppError('conflict', 'Wait until what is under way is done.');
    await tx.insert(contentErasures).values({
      ...{ id, teamId, kind, criterion: value, label, createdAt: now, dueAt: now },
      requestedById: actor.kind === 'user' ? actor.userId : null,
      requestedBy: actor.kind === 'user' ? actor.email : actor.kind === 'key' ? actor.keyName : actor.name,
      endAt: new Date(now.getTime() + AHEAD_MS),
    });
    return { result: { id }, targetId: id, after: { kind, of: label } };
  },
});

function progressOf({ status, startAt, position, endAt }: typeof contentErasures.$inferSelect): number {
  if (status === 'done' || status === 'watching') return 1;
  if (!startAt || !position || endAt <= startAt) return 0;
  return Math.min(1, (position.getTime() - startAt.getTime()) / (endAt.getTime() - startAt.getTime()));
}

/** The latest erasures of the team with how far they are. */
export const listErasures = defineQuery({
  name: 'content.erasures',
  permission: 'content:erase',
  input: z.strictObject({}),
  async run({ actor, db }): Promise<ErasureView[]> {
    const rows = await db
      .select()
      .from(contentErasures)
      .where(eq(contentErasures.teamId, actor.teamId))
      .orderBy(desc(contentErasures.createdAt))
      .limit(SHOWN);
    return rows.map((row) => ({
      ...{
        id: row.id,
        kind: row.kind,
        label: row.label,
        status: row.status,
        spans: row.spans,
        logs: row.logs,
      },
      ...{ progress: progressOf(row), requestedBy: row.requestedBy, createdAt: row.createdAt.getTime() },
      finishedAt: row.finishedAt?.getTime() ?? null,
    }));
  },
});
