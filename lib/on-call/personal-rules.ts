import { asc, inArray, sql } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import { contactMethods, personalNotificationRules } from '#db/schema/notifications.ts';
import type { Severity } from '#lib/model/alert.ts';
import { idRows } from './drop-unsent.ts';

/** When a person is told by which way; minutes after the page began. */
export interface PersonalRule {
  contactMethodId: string;
  delayMinutes: number;
}
export type Importance = 'default' | 'urgent';
type RulesOfPerson = Record<Importance, PersonalRule[]>;

export function importanceOf(severity: Severity): Importance {
  return severity === 'error' || severity === 'critical' ? 'urgent' : 'default';
}

/** The e-mail address of the account is a way to reach everybody, without anybody setting it up. */
export async function ensureAccountEmail(tx: Tx, userIds: readonly string[]): Promise<void> {
  await tx.execute(sql`
    insert into contact_methods (id, user_id, kind, name, address)
    select gen_random_uuid(), u.id, 'email', 'E-mail', u.email from users u where u.id in ${idRows(userIds)}
      and not exists (
        select from contact_methods c where c.user_id = u.id and c.kind = 'email' and c.address = u.email)
    on conflict (user_id, kind, address) do nothing`);
}

/** The rules of people; who has none for an importance is told by every way at once. */
export async function readPersonalRules(
  tx: Tx,
  userIds: readonly string[],
): Promise<Map<string, RulesOfPerson>> {
  if (userIds.length === 0) return new Map();
  await ensureAccountEmail(tx, userIds);
  const methods = await tx
    .select({ id: contactMethods.id, userId: contactMethods.userId })
    .from(contactMethods)
    .where(inArray(contactMethods.userId, [...userIds]))
    .orderBy(asc(contactMethods.id));
  const rules = await tx
    .select()
    .from(personalNotificationRules)
    .where(inArray(personalNotificationRules.userId, [...userIds]))
    .orderBy(asc(personalNotificationRules.delayMinutes));
  const rulesFor = (userId: string, importance: Importance): PersonalRule[] => {
    const own = rules.filter((rule) => rule.userId === userId && rule.importance === importance);
    if (own.length > 0) return own;
    const everyWay = methods.filter((method) => method.userId === userId);
    return everyWay.map(({ id }) => ({ contactMethodId: id, delayMinutes: 0 }));
  };
  return new Map(
    userIds.map((id) => [id, { default: rulesFor(id, 'default'), urgent: rulesFor(id, 'urgent') }]),
  );
}
