import type { NextRequest } from 'next/server';
import { webContext } from '#lib/compose/web.ts';
import { paths } from '#lib/model/paths.ts';
import { describeFailure } from '../failure.ts';
import { problem } from '../problem.ts';
import { cameFromOwnPage } from '../request/same-origin.ts';
import { refusal } from './admit.ts';
import { ownPath } from './own-address.ts';
import { leaveFor } from './single-sign-on.ts';
import { findSource } from './source.ts';

interface LeaveParams {
  params: Promise<{ provider: string }>;
}

const leadTo = (location: string) => new Response(null, { status: 303, headers: { location } });

/**
 * Leads to a provider to sign in: what a link of the sign-in page opens, with script or without. It is no form, since
 * the content policy of a form's page would judge every address that a provider redirects to, and nobody knows those.
 * Another site that leads here gets the sign-in page: it can start no sign-in that the person did not ask for. What
 * comes back counts only with the state, nonce and verifier that this browser was given (security A8).
 */
export async function leaveForProvider(request: NextRequest, { params }: LeaveParams): Promise<Response> {
  const context = await webContext();
  const { app } = context.config;
  const callbackUrl = ownPath(request.nextUrl.searchParams.get('callbackUrl') ?? paths.overview(), app.url);
  try {
    if (!cameFromOwnPage(request.headers, app.allowedOrigins)) return leadTo(paths.signIn({ callbackUrl }));
    const source = await findSource(context, (await params).provider);
    if (!source?.enabled) return leadTo(refusal('OAuthSignin'));
    const { location } = await leaveFor(context, source, callbackUrl);
    return leadTo(location?.href ?? refusal('OAuthSignin'));
  } catch (error) {
    return problem(describeFailure(error, context.log));
  }
}
