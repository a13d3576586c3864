import { and, eq, inArray } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '#db/client.ts';
import { users } from '#db/schema/members.ts';
import { contactMethods, personalNotificationRules } from '#db/schema/notifications.ts';
import { isTaken } from '#db/taken.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { channelSettings, mailAddress } from '#lib/model/notification-channel.ts';
import type { OutboundPolicy } from '#lib/model/outbound.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { typedTargetRefusal } from '#lib/outbound/typed-target.ts';
import { sealSettings } from '../resolve-target.ts';
import { noSuchMethod, ownMethod, personOf } from './own-contacts.ts';

const METHODS_AT_MOST = 20;

const input = z.strictObject({
  kind: z.enum(['email', 'webhook']).describe('Push appears by itself when a device subscribes'),
  name: z.string().trim().min(1).max(80),
  /** The mail address, or the address of a gateway for SMS or voice. */
  address: z.string().max(2000),
});

/** What is kept: of a gateway only the host may be seen, its address may hold a secret. */
function readAddress(kind: 'email' | 'webhook', address: string, policy: OutboundPolicy) {
  const refused = (message: string) =>
    new AppError('invalid', 'Some values are not valid.', { issues: [{ path: 'address', message }] });
  const parsed =
    kind === 'email' ? mailAddress.safeParse(address) : channelSettings.webhook.shape.url.safeParse(address);
  if (!parsed.success) throw refused(parsed.error.issues[0]?.message ?? 'Not an address.');
  if (kind === 'email') return { shown: parsed.data.toLowerCase(), secret: null };
  const refusal = typedTargetRefusal(parsed.data, policy);
  if (refusal !== null) throw refused(refusal);
  return { shown: new URL(parsed.data).host, secret: { url: parsed.data } };
}

/** Adds a way to reach the actor. @throws AppError `conflict` when it is there already, `invalid` */
export const createContactMethod = defineCommand({
  name: 'contact-methods.create',
  permission: 'contact-methods:manage-own',
  input,
  audit: { action: 'contact-method.create', target: 'contact-method' },
  async run({ input: { kind, name, address }, actor, tx, now, deps }) {
    const userId = personOf(actor);
    const { shown, secret } = readAddress(kind, address, deps.outbound);
    const own = await tx
      .select({ id: contactMethods.id })
      .from(contactMethods)
      .where(eq(contactMethods.userId, userId));
    if (own.length >= METHODS_AT_MOST) throw new AppError('conflict', 'You have enough ways to be reached.');
    const id = uuidv7(now.getTime());
    const sealedSettings = secret && sealSettings(deps.sealer, secret);
    try {
      await tx.insert(contactMethods).values({ id, userId, kind, name, address: shown, sealedSettings });
    } catch (error) {
      throw isTaken(error) ? new AppError('conflict', `You are reached at ${shown} already.`) : error;
    }
    return { result: { id }, targetId: id, after: { kind, name, address: shown } };
  },
});

async function refuseAccount(
  tx: Tx,
  userId: string,
  method: { kind: string; address: string },
): Promise<void> {
  const [account] = await tx.select({ email: users.email }).from(users).where(eq(users.id, userId));
  if (method.kind === 'email' && method.address === account?.email)
    throw new AppError('conflict', 'The address of your account stays: it is how you are reached at last.');
}

/** Removes a way to reach the actor, with the rules that use it. @throws AppError `not_found`, `conflict` */
export const deleteContactMethod = defineCommand({
  name: 'contact-methods.delete',
  permission: 'contact-methods:manage-own',
  input: z.strictObject({ id: z.uuid() }),
  audit: { action: 'contact-method.delete', target: 'contact-method' },
  async run({ input: { id }, actor, tx }) {
    const userId = personOf(actor);
    const [method] = await tx.select().from(contactMethods).where(ownMethod(userId, id)).for('update');
    if (!method) throw noSuchMethod();
    await refuseAccount(tx, userId, method);
    await tx.delete(contactMethods).where(ownMethod(userId, id));
    const { kind, name, address } = method;
    return { result: { id }, targetId: id, before: { kind, name, address } };
  },
});

const ruleInput = z.strictObject({
  delayMinutes: z.int().min(0).max(1440).describe('After the page began'),
  contactMethodId: z.uuid(),
});

/** Replaces the actor's rules for one importance; none: by every way at once. @throws AppError `not_found` */
export const setNotificationRules = defineCommand({
  name: 'contact-methods.set-rules',
  permission: 'contact-methods:manage-own',
  input: z.strictObject({
    importance: z.enum(['default', 'urgent']).describe('`urgent` for error and critical alerts'),
    rules: z.array(ruleInput).max(20),
  }),
  audit: { action: 'notification-rules.set', target: 'user' },
  async run({ input: { importance, rules }, actor, tx }) {
    const userId = personOf(actor);
    const used = [...new Set(rules.map(({ contactMethodId }) => contactMethodId))];
    const own = await tx
      .select({ id: contactMethods.id, userId: contactMethods.userId })
      .from(contactMethods)
      .where(inArray(contactMethods.id, used));
    if (own.filter((method) => method.userId === userId).length !== used.length) throw noSuchMethod();
    await tx
      .delete(personalNotificationRules)
      .where(
        and(
          eq(personalNotificationRules.userId, userId),
          eq(personalNotificationRules.importance, importance),
        ),
      );
    const distinct = new Map(rules.map((rule) => [`${rule.delayMinutes} ${rule.contactMethodId}`, rule]));
    if (distinct.size > 0) {
      await tx
        .insert(personalNotificationRules)
        .values([...distinct.values()].map((rule) => ({ ...rule, userId, importance })));
    }
    return { result: { importance, count: distinct.size }, targetId: userId, after: { importance, rules } };
  },
});
