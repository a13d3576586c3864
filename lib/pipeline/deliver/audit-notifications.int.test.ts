import { afterAll, beforeAll, expect, test } from 'vitest';
import { sendTest } from '#lib/notifications/test-message.ts';
import type { EventBus } from '#lib/ports/event-bus/port.ts';
import { makeMember, makeTeam } from '#lib/testing/factories.ts';
import { makeAlert, makeChannel } from '#lib/testing/notifications.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { auditNotifications } from './audit-notifications.ts';

const bus: Pick<EventBus, 'publish'> = { publish: async () => {} };
let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const reports = (teamId: string) => world.sql`
  select labels ->> 'check' as check, status from alerts
  where team_id = ${teamId} and source = 'system' order by 1`;

/** An alert in a group that was looked at two minutes ago. */
async function toldAlert(teamId: string) {
  const channel = await makeChannel(world, teamId);
  const alert = await makeAlert(world, teamId);
  await world.sql`update alerts set created_at = now() - interval '10 minutes' where id = ${alert.id}`;
  const [group] = await world.sql`
    with route as (
      insert into alert_routes (id, team_id, position, name, channel_ids)
      values (gen_random_uuid(), ${teamId}, 0, 'all', ${JSON.stringify([channel.id])}::text::jsonb) returning id)
    insert into alert_groups (id, team_id, route_id, group_key, labels, flushed_at, next_flush_at)
    select gen_random_uuid(), ${teamId}, id, 'key', '{}', now() - interval '2 minutes', now() + interval '3 minutes'
    from route returning id`;
  const groupId = String(group?.id);
  await world.sql`insert into alert_group_members (group_id, alert_id, added_at)
    values (${groupId}, ${alert.id}, now() - interval '3 minutes')`;
  const [message] = await world.sql`
    insert into notifications (id, team_id, purpose, kind, channel_id, group_id, destination, alert_ids, cause,
      reason, message, status, expires_at)
    values (gen_random_uuid(), ${teamId}, 'group', 'webhook', ${channel.id}, ${groupId}, 'channel', '[]', 'flush',
      'first', '{}', 'delivered', now()) returning id`;
  await world.sql`insert into notification_alerts values (${String(message?.id)}, ${alert.id})`;
  return { alert, messageId: String(message?.id) };
}

test('reliability F42: the auditor reports an outbox row that was deleted by hand, until it is made good', async () => {
  const { id: teamId } = await makeTeam(world);
  const { alert, messageId } = await toldAlert(teamId);
  expect(await auditNotifications(world.db, bus)).toBe(0);
  await world.sql`delete from notifications where id = ${messageId}`;
  expect(await auditNotifications(world.db, bus)).toBe(1);
  expect(await reports(teamId)).toEqual([{ check: 'group_untold', status: 'active' }]);
  await world.sql`update alerts set status = 'acknowledged', acknowledged_at = now() where id = ${alert.id}`;
  expect(await auditNotifications(world.db, bus)).toBe(0);
  expect(await reports(teamId)).toEqual([{ check: 'group_untold', status: 'resolved' }]);
});

test('reliability F42: the message of a page that is gone is missed', async () => {
  const { id: teamId } = await makeTeam(world);
  const user = await makeMember(world, teamId, 'developer');
  const alert = await makeAlert(world, teamId);
  const lost = await world.db.transaction((tx) =>
    sendTest(tx, { teamId, kind: 'email', userId: user.id }, '/alerts'),
  );
  await world.sql`insert into pages (id, team_id, alert_id, user_id, cause, due_at, state, notification_id)
    values (gen_random_uuid(), ${teamId}, ${alert.id}, ${user.id}, '1', now(), 'handed_over', ${lost})`;
  expect(await auditNotifications(world.db, bus)).toBe(0);
  await world.sql`delete from notifications where id = ${lost}`;
  await auditNotifications(world.db, bus);
  expect(await reports(teamId)).toEqual([{ check: 'page_lost', status: 'active' }]);
});

test('reliability F16: messages that nobody sends are reported', async () => {
  const { id: teamId } = await makeTeam(world);
  const channel = await makeChannel(world, teamId);
  await world.db.transaction((tx) =>
    sendTest(tx, { teamId, kind: 'webhook', channelId: channel.id }, '/alerts'),
  );
  await world.sql`update notifications set next_attempt_at = now() - interval '6 minutes' where team_id = ${teamId}`;
  await auditNotifications(world.db, bus);
  expect(await reports(teamId)).toEqual([{ check: 'outbox_overdue', status: 'active' }]);
});
