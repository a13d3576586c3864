/**
 * Contacts: by which ways a person is reached, and when by which. Everybody keeps their own; nobody else's.
 */
import { and, asc, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Reader } from '#db/client.ts';
import { users } from '#db/schema/members.ts';
import { contactMethods, personalNotificationRules, pushSubscriptions } from '#db/schema/notifications.ts';
import type { Actor } from '#lib/access/actor.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { ContactsView } from '#lib/model/on-call-view.ts';

/** @throws AppError `forbidden` for keys and parts of the system: they have no telephone */
export function personOf(actor: Actor): string {
  if (actor.kind !== 'user') throw new AppError('forbidden', 'Only people have contact methods.');
  return actor.userId;
}

export const noSuchMethod = () => new AppError('not_found', 'There is no such contact method.');

async function methodsOf(db: Reader, userId: string): Promise<ContactsView['methods']> {
  const [account] = await db.select({ email: users.email }).from(users).where(eq(users.id, userId));
  const rows = await db
    .select()
    .from(contactMethods)
    .where(eq(contactMethods.userId, userId))
    .orderBy(asc(contactMethods.createdAt), asc(contactMethods.id));
  const [devices] = await db
    .select({ n: sql<number>`count(*)::int` })
    .from(pushSubscriptions)
    .where(eq(pushSubscriptions.userId, userId));
  return rows.map(({ id, kind, name, address }) => ({
    id,
    kind,
    name,
    address,
    isAccount: kind === 'email' && address === account?.email,
    devices: kind === 'push' ? (devices?.n ?? 0) : 0,
  }));
}

/** The actor's own ways to be reached and rules. */
export const listOwnContacts = defineQuery({
  name: 'contact-methods.list-own',
  permission: 'contact-methods:manage-own',
  input: z.strictObject({}),
  async run({ actor, db }): Promise<ContactsView> {
    const userId = personOf(actor);
    const rules = await db
      .select({
        importance: personalNotificationRules.importance,
        delayMinutes: personalNotificationRules.delayMinutes,
        contactMethodId: personalNotificationRules.contactMethodId,
      })
      .from(personalNotificationRules)
      .where(eq(personalNotificationRules.userId, userId))
      .orderBy(asc(personalNotificationRules.importance), asc(personalNotificationRules.delayMinutes));
    return { methods: await methodsOf(db, userId), rules };
  },
});

export const ownMethod = (userId: string, id: string) =>
  and(eq(contactMethods.userId, userId), eq(contactMethods.id, id));
