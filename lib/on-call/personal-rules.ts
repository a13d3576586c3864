import { asc, inArray } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import { contactMethods, personalNotificationRules } from '#db/schema/notifications.ts';
import type { Severity } from '#lib/model/alert.ts';

/** When a person is told by which way; minutes after the page began. */
interface PersonalRule {
  contactMethodId: string;
  delayMinutes: number;
}
export type Importance = 'default' | 'urgent';
type RulesOfPerson = Record<Importance, PersonalRule[]>;

export function importanceOf(severity: Severity): Importance {
  return severity === 'error' || severity === 'critical' ? 'urgent' : 'default';
}

/** The rules of people; who has none for an importance is told by every way at once. */
export async function readPersonalRules(
  tx: Tx,
  userIds: readonly string[],
): Promise<Map<string, RulesOfPerson>> {
  if (userIds.length === 0) return new Map();
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
