import { cookies, headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { NextRequest, NextResponse } from 'next/server';
import { z } from 'zod';
import { guardedAction } from '../action.ts';
import { currentSignedIn } from '../session.ts';
import { runNextAuth } from './handler.ts';
import { ownAddress, PROVIDER_ID } from './options.ts';

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

/**
 * Leads to the provider. The action has proven its own origin, so it fetches next-auth's form token itself
 * instead of sending a page script for it.
 */
export async function startSingleSignOn(callbackUrl: string): Promise<void> {
  const result = await guardedAction(async ({ config }) => {
    const base = `${config.app.url}/api/auth`;
    const form = await runNextAuth(await requestOf(`${base}/csrf`), ['csrf']);
    await keepCookies(form);
    const { csrfToken } = z.object({ csrfToken: z.string() }).parse(await form.json());
    const body = new URLSearchParams({ csrfToken, callbackUrl: ownAddress(callbackUrl, config.app.url) });
    // Who is signed in already came to prove it again (security A16): the provider must ask, not remember.
    const search = (await currentSignedIn()) ? '?prompt=login' : '';
    const request = await requestOf(`${base}/signin/${PROVIDER_ID}${search}`, { method: 'POST', body });
    const response = await runNextAuth(request, ['signin', PROVIDER_ID]);
    await keepCookies(response);
    return response.headers.get('location');
  });
  redirect((result.ok && result.data) || '/sign-in?error=OAuthSignin');
}
