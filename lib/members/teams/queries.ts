import { asc, eq, inArray, sql } from 'drizzle-orm';
import { z } from 'zod';
import { agents } from '#db/schema/agents.ts';
import { memberships, teams } from '#db/schema/members.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { TeamContents, TeamView } from '#lib/model/access-view.ts';
import { isDefaultTeam } from '../default-team.ts';
import { teamsOf } from '../teams-of.ts';

export const noSuchTeam = () => new AppError('not_found', 'There is no such team.');

/** The teams that the actor may act in; for somebody with a global role these are all. */
export const listTeams = defineQuery({
  name: 'teams.list',
  permission: 'team:read',
  input: z.strictObject({}),
  run: async ({ actor, db }): Promise<{ items: TeamView[] }> => {
    const own =
      actor.kind === 'user' ? (await teamsOf(db, actor.userId)).map(({ id }) => id) : [actor.teamId];
    // A selection from one table leaves the table's name away, and a bare id would be the inner table's own.
    const teamId = sql`${teams}.id`;
    const members = sql<number>`(select count(*)::int from ${memberships} m where m.team_id = ${teamId})`;
    const fleet = sql<number>`(select count(*)::int from ${agents} a where a.team_id = ${teamId} and a.deleted_at is null)`;
    const rows = await db
      .select({
        id: teams.id,
        name: teams.name,
        slug: teams.slug,
        members,
        agents: fleet,
        createdAt: teams.createdAt,
      })
      .from(teams)
      .where(inArray(teams.id, own))
      .orderBy(asc(sql`lower(${teams.name})`), asc(teams.id));
    return {
      items: rows.map((row) => ({
        ...row,
        createdAt: row.createdAt.getTime(),
        isCurrent: row.id === actor.teamId,
        isDefault: isDefaultTeam(row),
      })),
    };
  },
});

interface Counted extends Record<string, unknown> {
  noun: string;
  count: number;
}

/** What would go with a team, counted, for whoever is about to delete it. */
export const getTeamContents = defineQuery({
  name: 'teams.contents',
  permission: 'teams:delete',
  input: z.strictObject({ id: z.uuid() }),
  run: async ({ input: { id }, db }): Promise<TeamContents> => {
    const [team] = await db
      .select({ id: teams.id, name: teams.name, slug: teams.slug })
      .from(teams)
      .where(eq(teams.id, id));
    if (!team) throw noSuchTeam();
    const rows = await db.execute<Counted>(sql`
      select * from (values
        ('agent', (select count(*)::int from agents where team_id = ${id} and deleted_at is null)),
        ('membership', (select count(*)::int from memberships where team_id = ${id})),
        ('API key', (select count(*)::int from api_keys where team_id = ${id} and revoked_at is null)),
        ('alert rule', (select count(*)::int from alert_rules where team_id = ${id} and deleted_at is null)),
        ('alert', (select count(*)::int from alerts where team_id = ${id})),
        ('notification channel',
          (select count(*)::int from notification_channels where team_id = ${id} and deleted_at is null)),
        ('schedule', (select count(*)::int from schedules where team_id = ${id})),
        ('role', (select count(*)::int from roles where team_id = ${id}))
      ) as c(noun, count)`);
    return { ...team, counts: rows.map(({ noun, count }) => ({ noun, count })) };
  },
});
