/**
 * Quiet: what people decide to keep alerts quiet with. Silences, maintenance windows and inhibition rules as verbs
 * and queries; what they do to alerts stands one room up.
 */
import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '#db/client.ts';
import { databaseNow } from '#db/now.ts';
import { silences } from '#db/schema/alerts.ts';
import type { Actor } from '#lib/access/actor.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { LabelMatcher } from '#lib/model/alert.ts';
import { LONGEST_QUIET_MS, silenceInputSchema, TOO_LONG_QUIET } from '#lib/model/mute.ts';
import { uuidv7 } from '#lib/model/uuid.ts';

type Silence = typeof silences.$inferSelect;
type Wanted = z.output<typeof silenceInputSchema>;

const noSuchSilence = () => new AppError('not_found', 'There is no such silence.');

function nameOf(actor: Actor, asked: string | undefined): string {
  if (actor.kind === 'user') return actor.name || actor.email;
  const own = actor.kind === 'key' ? actor.keyName : actor.name;
  return asked === undefined ? own : `${asked} via ${own}`;
}

const refusedEnd = (message: string) =>
  new AppError('invalid', 'Some values are not valid.', { issues: [{ path: 'endsAt', message }] });

/** Times as they count: a start in the past is now; the end must be after both (alerting S50), within a year. */
function timesOf({ startsAt, endsAt }: Wanted, now: Date): { startsAt: Date; endsAt: Date } {
  const start = Math.max(startsAt ?? 0, now.getTime());
  if (endsAt <= now.getTime() || endsAt < start)
    throw refusedEnd('The end must be in the future and after the start.');
  if (endsAt - start > LONGEST_QUIET_MS) throw refusedEnd(TOO_LONG_QUIET);
  return { startsAt: new Date(start), endsAt: new Date(endsAt) };
}

async function insertSilence(tx: Tx, actor: Actor, wanted: Wanted, now: Date, replaces: string | null) {
  const id = uuidv7();
  await tx.insert(silences).values({
    id,
    teamId: actor.teamId,
    matchers: wanted.matchers,
    ...timesOf(wanted, now),
    comment: wanted.comment,
    createdBy: actor.kind === 'user' ? actor.userId : null,
    createdByName: nameOf(actor, wanted.createdBy),
    replaces,
    createdAt: now,
    updatedAt: now,
  });
  return id;
}

async function lockSilence(tx: Tx, teamId: string, id: string): Promise<Silence> {
  const own = and(eq(silences.id, id), eq(silences.teamId, teamId));
  const [silence] = await tx.select().from(silences).where(own).for('update');
  if (!silence) throw noSuchSilence();
  return silence;
}

async function endSilence(tx: Tx, silence: Silence, now: Date): Promise<void> {
  const startsAt = silence.startsAt > now ? now : silence.startsAt;
  await tx.update(silences).set({ startsAt, endsAt: now, updatedAt: now }).where(eq(silences.id, silence.id));
}

const sameMatchers = (a: readonly LabelMatcher[], b: readonly LabelMatcher[]): boolean => {
  const keys = (list: readonly LabelMatcher[]) =>
    list.map((one) => JSON.stringify([one.name, one.operator, one.value])).sort();
  return keys(a).join() === keys(b).join();
};

/** The same silence with other times: what it matches, and from when it did, stays true. */
async function extendSilence(tx: Tx, silence: Silence, wanted: Wanted, now: Date): Promise<void> {
  const { startsAt, endsAt } = timesOf(wanted, now);
  const start = silence.startsAt <= now ? silence.startsAt : startsAt;
  await tx
    .update(silences)
    .set({ startsAt: start, endsAt, comment: wanted.comment, updatedAt: now })
    .where(eq(silences.id, silence.id));
}

const summary = ({ matchers, comment, endsAt }: Wanted) => ({ matchers, comment, endsAt: new Date(endsAt) });

/** Silences what matches, from now or later until an end (alerting S50). */
export const createSilence = defineCommand({
  name: 'silences.create',
  permission: 'alerts:mute',
  input: silenceInputSchema,
  audit: { action: 'silence.create', target: 'silence' },
  async run({ input, actor, tx }) {
    const id = await insertSilence(tx, actor, input, await databaseNow(tx), null);
    return { result: { id }, targetId: id, after: summary(input) };
  },
});

/**
 * Changes a silence. Other times keep its id; other matchers end it and make a new one, and so does changing one
 * that has expired, so that what was silent when stays true (alerting S51).
 *
 * @returns the id that it has from now on
 * @throws AppError `not_found`
 */
export const updateSilence = defineCommand({
  name: 'silences.update',
  permission: 'alerts:mute',
  input: silenceInputSchema.extend({ id: z.uuid() }),
  audit: { action: 'silence.update', target: 'silence' },
  async run({ input: { id, ...wanted }, actor, tx }) {
    const now = await databaseNow(tx);
    const silence = await lockSilence(tx, actor.teamId, id);
    const before = { matchers: silence.matchers, comment: silence.comment, endsAt: silence.endsAt };
    const isOver = silence.endsAt <= now;
    if (!isOver && sameMatchers(silence.matchers, wanted.matchers)) {
      await extendSilence(tx, silence, wanted, now);
      return { result: { id }, targetId: id, before, after: summary(wanted) };
    }
    if (!isOver) await endSilence(tx, silence, now);
    const replacedBy = await insertSilence(tx, actor, wanted, now, id);
    return {
      result: { id: replacedBy },
      targetId: id,
      before,
      after: { ...summary(wanted), replacedBy },
    };
  },
});

/** Ends a silence now. Ending it again changes nothing (alerting S51). */
export const expireSilence = defineCommand({
  name: 'silences.expire',
  permission: 'alerts:mute',
  input: z.strictObject({ id: z.uuid() }),
  audit: { action: 'silence.expire', target: 'silence' },
  async run({ input: { id }, actor, tx }) {
    const now = await databaseNow(tx);
    const silence = await lockSilence(tx, actor.teamId, id);
    if (silence.endsAt > now) await endSilence(tx, silence, now);
    return { result: { id }, targetId: id, before: { endsAt: silence.endsAt } };
  },
});
