import { cookies } from 'next/headers';
import { redirect } from 'next/navigation';
import type { UserActor } from '#lib/access/actor.ts';
import { execute } from '#lib/command/define-command.ts';
import type { WebContext } from '#lib/compose/web.ts';
import { AppError, isAppError } from '#lib/kernel/errors.ts';
import { endOwnSession, endOwnSessions } from '#lib/members/end-session.ts';
import { paths } from '#lib/model/paths.ts';
import { type ActionResult, signedInAction } from '../action.ts';
import { sessionCookie, teamCookie } from '../session-cookie.ts';
import { ownPath } from './own-address.ts';
import { signOutAddress } from './sign-out-address.ts';

type End = (context: WebContext, actor: UserActor) => Promise<unknown>;

/**
 * Ends this session on the server, forgets its cookie and leads to the sign-in page; by way of the provider where that
 * is to sign the person out too. Answers with what went wrong.
 */
async function leave(end: End): Promise<ActionResult<undefined>> {
  const result = await signedInAction(async (context, { actor }) => {
    const leaving = await signOutAddress(context, actor.sessionId);
    const { name, options } = sessionCookie(context.config.app);
    try {
      await end(context, actor);
    } catch (error) {
      if (!isAppError(error) || error.code !== 'not_found') throw error;
    }
    (await cookies()).set(name, '', { ...options, maxAge: 0 });
    return leaving;
  });
  if (result.ok) redirect(result.data ?? paths.signIn());
  if (result.error.code === 'unauthenticated') redirect(paths.signIn());
  return result;
}

/** Signs the person out in this browser. */
export async function signOutHere(): Promise<void> {
  await leave((context, actor) => execute(context, actor, endOwnSession, { id: actor.sessionId }));
}

/** Signs the person out in every browser, this one too. */
export function signOutEverywhere(): Promise<ActionResult<undefined>> {
  return leave((context, actor) => execute(context, actor, endOwnSessions, { here: true }));
}

/** Remembers which of the own teams to look at, and goes to one of our pages. */
export async function lookAtTeam(teamId: string, path: string = paths.overview()): Promise<void> {
  const result = await signedInAction(async (context, { session }) => {
    const team = session.teams.find(({ id }) => id === teamId);
    if (!team) throw new AppError('not_found', 'There is no such team.');
    const { name, options } = teamCookie(context.config.app);
    (await cookies()).set(name, team.id, { ...options, expires: session.expiresAt });
    return ownPath(typeof path === 'string' ? path : paths.overview(), context.config.app.url);
  });
  if (result.ok) redirect(result.data);
}
