import { z } from 'zod';
import { teamOfAlert } from '#lib/alerts/team-of-alert.ts';
import type { WebContext } from '#lib/compose/web.ts';
import type { SignedIn } from './session.ts';

interface Looking {
  session: Pick<SignedIn['session'], 'teams'>;
  actor: Pick<SignedIn['actor'], 'teamId'>;
}

/**
 * The team of a person that has an alert, whichever they look at: a tap on a notification, or one that waited for a
 * connection, may be about any of them. What none of them has is asked of the one they look at, and unknown there.
 */
export async function teamWithAlert(
  { db }: Pick<WebContext, 'db'>,
  { session: { teams }, actor }: Looking,
  { id }: Readonly<Record<string, unknown>>,
): Promise<string> {
  const alertId = z.uuid().safeParse(id);
  if (!alertId.success || teams.length < 2) return actor.teamId;
  const teamIds = teams.map((team) => team.id);
  return (await teamOfAlert(db, teamIds, alertId.data)) ?? actor.teamId;
}
