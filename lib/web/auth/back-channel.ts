import { execute } from '#lib/command/define-command.ts';
import { type WebContext, webContext } from '#lib/compose/web.ts';
import { networkOf } from '#lib/kernel/client-address.ts';
import { AppError, HTTP_STATUS } from '#lib/kernel/errors.ts';
import { systemActor } from '#lib/members/default-team.ts';
import { endProviderSessions } from '#lib/members/providers/end-provider-sessions.ts';
import { readLogoutToken } from '#lib/members/providers/logout-token.ts';
import { describeFailure } from '../failure.ts';
import { readForm } from '../read-form.ts';
import { originOf } from '../request/request-origin.ts';
import { findSource } from './source.ts';

interface BackChannelParams {
  params: Promise<{ provider: string }>;
}

async function signOut(context: WebContext, request: Request, sourceId: string): Promise<void> {
  const origin = originOf(request.headers);
  await context.budgets.provisioning.take(`back-channel:${networkOf(origin.ip)}`);
  const source = await findSource(context, sourceId);
  if (!source?.enabled) throw new AppError('invalid', 'This is no valid logout token.');
  const token = (await readForm(request)).get('logout_token') ?? '';
  const now = new Date(context.clock.now());
  const signedOut = await readLogoutToken(token, source, context.config.app.outbound, now);
  const actor = await systemActor(context.db, `provider ${source.id}`, ['sessions:end-any'], origin);
  await execute(context, actor, endProviderSessions, signedOut);
}

/**
 * A provider tells that it signed somebody out (OpenID Connect Back-Channel Logout 1.0). Its signed token is what it
 * is believed by; answers are those of section 2.8.
 */
export async function backChannelLogout(request: Request, { params }: BackChannelParams): Promise<Response> {
  const context = await webContext();
  const headers = { 'cache-control': 'no-store' };
  try {
    await signOut(context, request, (await params).provider);
    return new Response(null, { status: 200, headers });
  } catch (error) {
    const { code, message } = describeFailure(error, context.log);
    const isRefused = code === 'invalid' || code === 'conflict' || code === 'too_large';
    const body = { error: isRefused ? 'invalid_request' : 'server_error', error_description: message };
    return Response.json(body, { status: isRefused ? 400 : HTTP_STATUS[code], headers });
  }
}
