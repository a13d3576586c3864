import { headers } from 'next/headers';
import { notFound } from 'next/navigation';
import { z } from 'zod';
import { getAlert } from '#lib/alerts/alert-queries.ts';
import { ask } from '#lib/command/define-query.ts';
import { webContext } from '#lib/compose/web.ts';
import { isAppError } from '#lib/kernel/errors.ts';
import { actorIn } from '#lib/members/find-session.ts';
import type { AlertDetail } from '#lib/model/alert-view.ts';
import { originOf } from './request/request-origin.ts';
import { requireSignedIn } from './session.ts';

/** An alert of the team that is looked at, or the name of the other team of this person that has it. */
export type FoundAlert = { alert: AlertDetail } | { elsewhere: { id: string; name: string } };

/**
 * The alert of an address that may come from a notification: it can be about any team of the person. What none of
 * their teams has is the page "not found".
 */
export async function findAlert(id: string): Promise<FoundAlert> {
  if (!z.uuid().safeParse(id).success) notFound();
  const [context, { session, actor }, given] = await Promise.all([
    webContext(),
    requireSignedIn(),
    headers(),
  ]);
  const others = session.teams.filter(({ id: teamId }) => teamId !== actor.teamId);
  for (const team of [null, ...others]) {
    const asking = team === null ? actor : actorIn(session, team.id, originOf(given));
    try {
      const alert = asking && (await ask(context, asking, getAlert, { id }));
      if (alert) return team === null ? { alert } : { elsewhere: { id: team.id, name: team.name } };
    } catch (error) {
      if (!isAppError(error) || error.code !== 'not_found') throw error;
    }
  }
  return notFound();
}
