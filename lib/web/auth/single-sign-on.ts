import { cookies, headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { NextRequest, NextResponse } from 'next/server';
import { z } from 'zod';
import { requirePermission, requireRecentSignIn } from '#lib/access/require.ts';
import type { WebContext } from '#lib/compose/web.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { paths } from '#lib/model/paths.ts';
import { type ActionResult, signedInAction } from '../action.ts';
import { currentSignedIn } from '../session.ts';
import { type Errand, errandCookie, sealErrand } from './errand.ts';
import { runNextAuth } from './handler.ts';
import { ownAddress } from './own-address.ts';
import { failErrand } from './perform-errand.ts';
import { findSource, type SignInSource } from './source.ts';

/** Hands the cookies that next-auth set on its answer to the answer of this action. */
async function keepCookies(response: Response): Promise<void> {
  const jar = await cookies();
  for (const cookie of new NextResponse(null, response).cookies.getAll()) jar.set(cookie);
}

async function requestOf(
  url: string,
  init?: { method: 'POST'; body: URLSearchParams },
): Promise<NextRequest> {
  const incoming = await headers();
  const forwarded = ['user-agent', 'x-forwarded-for', 'cookie'].flatMap((name) => {
    const value = incoming.get(name);
    return value === null ? [] : [[name, value] as [string, string]];
  });
  return new NextRequest(url, { ...init, headers: new Headers(forwarded) });
}

/** Lets what comes back from `location` be for something else than signing in for the first time. */
async function keepErrand(
  context: WebContext,
  location: URL,
  errand: Pick<Errand, 'kind' | 'sourceId' | 'sessionId'>,
): Promise<void> {
  const { name, options } = errandCookie(context.config.app);
  const sealed = sealErrand(context, location.searchParams.get('state') ?? '', errand);
  (await cookies()).set(name, sealed, { ...options, maxAge: 15 * 60 });
}

/** The address at the provider that a sign-in leads to; null with what went wrong when there is none. */
export async function leaveFor(
  context: WebContext,
  source: SignInSource,
  callbackUrl: string,
): Promise<{ location: URL | null; problem: unknown }> {
  const { config } = context;
  const base = `${config.app.url}/api/auth`;
  const given = { source, wasAsked: false, errand: null };
  const form = await runNextAuth(await requestOf(`${base}/csrf`), ['csrf'], given);
  await keepCookies(form.response);
  const { csrfToken } = z.object({ csrfToken: z.string() }).parse(await form.response.json());
  const body = new URLSearchParams({ csrfToken, callbackUrl: ownAddress(callbackUrl, config.app.url) });
  // Who is signed in already came to prove it again (security A16): the provider must ask, not remember.
  const signedIn = await currentSignedIn();
  const search = signedIn ? '?prompt=login' : '';
  const request = await requestOf(`${base}/signin/${source.id}${search}`, { method: 'POST', body });
  const { response, problem } = await runNextAuth(request, ['signin', source.id], given);
  await keepCookies(response);
  const location = new URL(response.headers.get('location') ?? '', config.app.url);
  if (!location.searchParams.has('state')) return { location: null, problem };
  const sessionId = signedIn?.actor.sessionId;
  if (sessionId) await keepErrand(context, location, { kind: 'prove', sourceId: source.id, sessionId });
  return { location, problem };
}

async function startErrand(
  context: WebContext,
  source: SignInSource,
  errand: Pick<Errand, 'kind' | 'sourceId' | 'sessionId'>,
): Promise<string> {
  const { location, problem } = await leaveFor(context, source, paths.settings());
  if (!location) return failErrand(context, source, { ...errand, state: '', expiresAtMs: 0 }, problem);
  await keepErrand(context, location, errand);
  return location.href;
}

/** Goes through a real sign-in at a provider, enabled or not, to see what it brings; nobody is signed in by it. */
export async function startProviderTest(slug: string): Promise<ActionResult<never>> {
  const result = await signedInAction(async (context, { actor }) => {
    requirePermission(actor, 'identity-providers:manage');
    requireRecentSignIn(actor, new Date(context.clock.now()));
    const source = await findSource(context, slug);
    if (!source?.stored) throw new AppError('not_found', 'There is no such provider.');
    return startErrand(context, source, { kind: 'test', sourceId: slug, sessionId: actor.sessionId });
  });
  return result.ok ? redirect(result.data) : result;
}

/** Goes to a provider to link the identity that is proven there to the own account (security A9). */
export async function startLinking(sourceId: string): Promise<ActionResult<never>> {
  const result = await signedInAction(async (context, { actor }) => {
    requirePermission(actor, 'credentials:manage-own');
    requireRecentSignIn(actor, new Date(context.clock.now()));
    const source = await findSource(context, sourceId);
    if (!source?.enabled) throw new AppError('not_found', 'There is no such provider.');
    return startErrand(context, source, { kind: 'link', sourceId, sessionId: actor.sessionId });
  });
  return result.ok ? redirect(result.data) : result;
}
