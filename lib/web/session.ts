/**
 * The doors of the Next.js application: who is asking (session), server actions (action) and route handlers
 * (route). They translate and bind; what may be done and how is decided behind them.
 *
 * This file answers who is asking.
 */
import { cookies, headers } from 'next/headers';
import { notFound, redirect } from 'next/navigation';
import { cache } from 'react';
import type { z } from 'zod';
import type { UserActor } from '#lib/access/actor.ts';
import { ask, type Query } from '#lib/command/define-query.ts';
import { type WebContext, webContext } from '#lib/compose/web.ts';
import { type AppError, isAppError } from '#lib/kernel/errors.ts';
import { actorIn, findSession, type LiveSession } from '#lib/members/find-session.ts';
import { NO_PERMISSION } from '#lib/model/no-permission.ts';
import { paths, withQuery } from '#lib/model/paths.ts';
import { originOf } from './request/request-origin.ts';
import { sessionCookie, teamCookie } from './session-cookie.ts';

/** A signed-in request: the live session, and the person acting in one team. */
export interface SignedIn {
  session: LiveSession;
  actor: UserActor;
}

/** The signed-in person of this request as the database of a context knows them, or null. */
export async function findSignedIn(context: WebContext): Promise<SignedIn | null> {
  const { config, db, clock } = context;
  const jar = await cookies();
  const token = jar.get(sessionCookie(config.app).name)?.value ?? '';
  const session = await findSession(db, token, new Date(clock.now()), config.sessions.idleMs);
  if (!session) return null;
  const wanted = jar.get(teamCookie(config.app).name)?.value ?? null;
  const actor = actorIn(session, wanted, originOf(await headers()));
  return actor && { session, actor };
}

/** The signed-in person of this request, or null; asked from the database once per request. */
export const currentSignedIn = cache(async (): Promise<SignedIn | null> => findSignedIn(await webContext()));

/** Longest address that a sign-in comes back to: it stands in a header, in which proxies bear so much and no more. */
const LONGEST_RETURN = 2000;

/** Path and search of the page that is asked for, as the proxy says. */
export async function askedAddress(): Promise<string> {
  return (await headers()).get('x-pitwall-path') ?? '';
}

/** Where a sign-in comes back to: it takes no address but one of ours. */
async function returnAddress(): Promise<string> {
  const asked = await askedAddress();
  return asked !== '' && asked.length <= LONGEST_RETURN ? asked : paths.overview();
}

/** The signed-in person of a page; anyone else is sent to sign in and comes back afterwards (alerting S99). */
export async function requireSignedIn(callbackUrl?: string): Promise<SignedIn> {
  const signedIn = await currentSignedIn();
  if (signedIn) return signedIn;
  return redirect(withQuery(paths.signIn(), { callbackUrl: callbackUrl ?? (await returnAddress()) }));
}

/** The actor of a page; see `requireSignedIn`. */
export async function requireActor(callbackUrl?: string): Promise<UserActor> {
  return (await requireSignedIn(callbackUrl)).actor;
}

/** What a page is about, as inputs name it. */
const SUBJECTS: readonly string[] = ['id', 'userId', 'agentId', 'traceId'];

/** Whether an address names what there is not: nothing has such an id, or the text in its place is no id at all. */
function namesNothing(error: AppError): boolean {
  if (error.code === 'not_found') return true;
  return error.code === 'invalid' && error.issues.some(({ path }) => SUBJECTS.includes(path));
}

/**
 * Reads for a page as the signed-in person. What does not exist, or not for this person's team, is the
 * same page "not found", what the roles do not allow the same "no permission".
 */
export async function read<S extends z.ZodType, R>(query: Query<S, R>, input: z.input<S>): Promise<R> {
  const actor = await requireActor();
  try {
    return await ask(await webContext(), actor, query, input);
  } catch (error) {
    if (isAppError(error) && namesNothing(error)) notFound();
    // Of an error of the server only its digest reaches the page that stands in for it.
    if (isAppError(error) && error.code === 'forbidden')
      throw Object.assign(error, { digest: NO_PERMISSION });
    throw error;
  }
}

/**
 * Reads a page of a list from the cursor in an address. A cursor that is none of the list's, in a link that was cut
 * off or of rows that are gone, leads to the first page.
 */
export async function readPage<S extends z.ZodType, R>(
  query: Query<S, R>,
  input: z.input<S> & object,
  cursor: unknown,
): Promise<R> {
  try {
    return await read(query, typeof cursor === 'string' ? { ...input, cursor } : input);
  } catch (error) {
    if (isAppError(error) && error.issues.some(({ path }) => path === 'cursor')) return read(query, input);
    throw error;
  }
}
