import { and, asc, eq, isNull } from 'drizzle-orm';
import { z } from 'zod';
import { notificationChannels } from '#db/schema/notifications.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import { lastSent, noSuchChannel, ownChannel, toChannelView } from './channel-rows.ts';

const MOST = 500;

/** The channels of the actor's team by name, with their state; nothing of their secrets. */
export const listChannels = defineQuery({
  name: 'notification-channels.list',
  permission: 'notification-channels:read',
  input: z.strictObject({}),
  run: async ({ actor, db }) => {
    const rows = await db
      .select()
      .from(notificationChannels)
      .where(and(eq(notificationChannels.teamId, actor.teamId), isNull(notificationChannels.deletedAt)))
      .orderBy(asc(notificationChannels.name))
      .limit(MOST);
    const sent = await lastSent(db, actor.teamId);
    return { items: rows.map((row) => toChannelView(row, sent.get(row.id) ?? null)) };
  },
});

export const getChannel = defineQuery({
  name: 'notification-channels.get',
  permission: 'notification-channels:read',
  input: z.strictObject({ id: z.uuid() }),
  run: async ({ actor, db, input: { id } }) => {
    const [row] = await db.select().from(notificationChannels).where(ownChannel(actor.teamId, id));
    if (!row) throw noSuchChannel();
    const sent = await lastSent(db, actor.teamId);
    return toChannelView(row, sent.get(id) ?? null);
  },
});
