/** Devices: the browsers of a person that take web push. Everybody manages their own and nobody else's. */
import { and, desc, eq } from 'drizzle-orm';
import { z } from 'zod';
import { pushSubscriptions } from '#db/schema/notifications.ts';
import type { Actor, UserActor } from '#lib/access/actor.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { paths } from '#lib/model/paths.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { typedTargetRefusal } from '#lib/outbound/typed-target.ts';
import { sendTest } from '../test-message.ts';

function person(actor: Actor): UserActor {
  if (actor.kind !== 'user') throw new AppError('forbidden', 'Only people have devices.');
  return actor;
}

/** The devices of the signed-in person, the last seen first, and what a browser subscribes with. */
export const listDevices = defineQuery({
  name: 'devices.list',
  permission: 'devices:manage-own',
  input: z.strictObject({}),
  run: async ({ actor, db, deps }) => {
    const rows = await db
      .select()
      .from(pushSubscriptions)
      .where(eq(pushSubscriptions.userId, person(actor).userId))
      .orderBy(desc(pushSubscriptions.lastSeenAt));
    return {
      /** Null while web push is not set up. */
      publicKey: deps.pushPublicKey ?? null,
      items: rows.map(({ id, userAgent, endpoint, createdAt, lastSeenAt }) => ({
        id,
        userAgent,
        service: new URL(endpoint).host,
        createdAt: createdAt.getTime(),
        lastSeenAt: lastSeenAt.getTime(),
      })),
    };
  },
});

/**
 * Notes a browser's subscription, or that it is still there: a page calls it on each load. A browser that
 * somebody else uses now is theirs.
 *
 * @throws AppError `invalid` for an address inside the network, where no push service is (security O13)
 */
export const registerDevice = defineCommand({
  name: 'devices.register',
  permission: 'devices:manage-own',
  input: z.strictObject({
    endpoint: z.url({ protocol: /^https$/, error: 'Push goes over https only.' }).max(2000),
    p256dh: z.string().regex(/^[\w-]{87,88}=?$/, 'Is no key of a subscription.'),
    auth: z.string().regex(/^[\w-]{22}={0,2}$/, 'Is no secret of a subscription.'),
    userAgent: z.string().max(500).default(''),
  }),
  audit: { action: 'device.register', target: 'device' },
  async run({ input, actor, tx, now, deps }) {
    const { userId, sessionId } = person(actor);
    const message = typedTargetRefusal(input.endpoint, deps.outbound);
    if (message !== null)
      throw new AppError('invalid', 'Some values are not valid.', {
        issues: [{ path: 'endpoint', message }],
      });
    const fields = { ...input, userId, sessionId, lastSeenAt: now };
    const [row] = await tx
      .insert(pushSubscriptions)
      .values({ id: uuidv7(), ...fields, createdAt: now })
      .onConflictDoUpdate({ target: pushSubscriptions.endpoint, set: fields })
      .returning({ id: pushSubscriptions.id });
    const id = row?.id ?? '';
    return { result: { id }, targetId: id, after: { service: new URL(input.endpoint).host } };
  },
});

export const removeDevice = defineCommand({
  name: 'devices.remove',
  permission: 'devices:manage-own',
  input: z.strictObject({ id: z.uuid() }),
  audit: { action: 'device.remove', target: 'device' },
  async run({ input: { id }, actor, tx }) {
    const [row] = await tx
      .delete(pushSubscriptions)
      .where(and(eq(pushSubscriptions.id, id), eq(pushSubscriptions.userId, person(actor).userId)))
      .returning({ userAgent: pushSubscriptions.userAgent });
    if (!row) throw new AppError('not_found', 'There is no such device.');
    return { result: { id }, targetId: id, before: row };
  },
});

/** Sends a try to all devices of the signed-in person. */
export const testDevices = defineCommand({
  name: 'devices.test',
  permission: 'devices:manage-own',
  input: z.strictObject({}),
  audit: { action: 'device.test', target: 'device' },
  async run({ actor, tx }) {
    const { userId, teamId } = person(actor);
    const deliveryId = await sendTest(tx, { teamId, kind: 'push', userId }, paths.devices());
    return { result: { deliveryId }, targetId: userId };
  },
});
