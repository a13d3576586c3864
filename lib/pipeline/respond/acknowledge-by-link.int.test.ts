import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { UserActor } from '#lib/access/actor.ts';
import { getAlert } from '#lib/alerts/alert-queries.ts';
import { listAuditRows } from '#lib/audit/queries.ts';
import { execute } from '#lib/command/define-command.ts';
import { ask } from '#lib/command/define-query.ts';
import { findMember } from '#lib/members/find-member.ts';
import { enqueueNotifications } from '#lib/notifications/enqueue.ts';
import { commandContext, testOrigin, userActor } from '#lib/testing/command-context.ts';
import { makeMember, makeTeam } from '#lib/testing/factories.ts';
import { makeAlert, makeDraft } from '#lib/testing/notifications.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { acknowledgeByLink } from './acknowledge-by-link.ts';

let world: World;
let teamId: string;
let actor: UserActor;
let context: ReturnType<typeof commandContext>;
beforeAll(async () => {
  world = await createWorld();
  context = commandContext(world);
});
beforeEach(async () => {
  teamId = (await makeTeam(world)).id;
  actor = await member('developer');
});
afterAll(() => world.close());

async function member(role: 'developer' | 'viewer'): Promise<UserActor> {
  const { id, email, name } = await makeMember(world, teamId, role);
  return userActor(teamId, role, { userId: id, email, name });
}

/** A page about a new alert: what its link stands for. */
async function page(more: string[] = []): Promise<{ notificationId: string; alertIds: string[] }> {
  const { id } = await makeAlert(world, teamId);
  const draft = makeDraft({
    teamId,
    kind: 'email',
    purpose: 'page',
    userId: actor.userId,
    alertIds: [id, ...more],
    cause: `page ${id}`,
  });
  const made = await world.db.transaction((tx) => enqueueNotifications(tx, [draft]));
  return { notificationId: made.get(draft.cause) ?? expect.fail('nothing was enqueued'), alertIds: [id] };
}

const linkOf = ({ notificationId }: { notificationId: string }) => ({ notificationId });
const alertOf = (id = '') => ask(context, actor, getAlert, { id });

test('alerting S88: a link acknowledges once, as its person and with its door in the timeline and the ledger', async () => {
  const link = await page();
  expect(await execute(context, actor, acknowledgeByLink, linkOf(link))).toEqual({
    changed: 1,
    unchanged: 0,
  });
  await expect(execute(context, actor, acknowledgeByLink, linkOf(link))).rejects.toMatchObject({
    code: 'conflict',
  });
  const alert = await alertOf(link.alertIds[0]);
  expect(alert.acknowledged?.by).toBe(actor.name);
  expect(alert.events.filter(({ kind, via }) => kind === 'acknowledged' && via === 'link')).toHaveLength(1);
  const rows = await listAuditRows(world.db, teamId, 10);
  expect(rows.filter(({ action }) => action === 'alert.acknowledge')).toHaveLength(1);
});

test('alerting S88: a link about more than ten thousand alerts acknowledges them all', async () => {
  const rows = await world.sql<{ id: string }[]>`
    insert into alerts (id, team_id, source, source_id, fingerprint, severity, title, starts_at)
    select gen_random_uuid(), ${teamId}, 'integration', 'storm', n::text, 'critical', 'storm', now()
    from generate_series(1, 10001) n returning id`;
  const link = await page(rows.map(({ id }) => id));
  expect(await execute(context, actor, acknowledgeByLink, linkOf(link))).toEqual({
    changed: 10_002,
    unchanged: 0,
  });
});

test('alerting S88: of two taps at once one spends the link', async () => {
  const link = await page();
  const taps = [1, 2, 3].map(() => execute(context, actor, acknowledgeByLink, linkOf(link)));
  const results = await Promise.allSettled(taps);
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('alerting S88: who lost the right to answer is refused, and the link is not spent', async () => {
  const link = await page();
  const viewer = userActor(teamId, 'viewer', { userId: actor.userId });
  await expect(execute(context, viewer, acknowledgeByLink, linkOf(link))).rejects.toMatchObject({
    code: 'forbidden',
  });
  expect((await alertOf(link.alertIds[0])).status).toBe('active');
  await execute(context, actor, acknowledgeByLink, linkOf(link));
});

test('a person acts in a team by the role that they have there now, and not at all where they have none', async () => {
  const viewer = await member('viewer');
  expect((await findMember(world.db, viewer.userId, teamId, testOrigin))?.role).toBe('viewer');
  const other = (await makeTeam(world)).id;
  expect(await findMember(world.db, viewer.userId, other, testOrigin)).toBeNull();
});
