import type { WebContext } from '#lib/compose/web.ts';
import { providerOfSession } from '#lib/members/find-session.ts';
import { discoverProvider } from '#lib/members/providers/discover-provider.ts';
import { paths } from '#lib/model/paths.ts';
import { sourceOfIssuer } from './source.ts';

/**
 * Where a session's provider signs the person out too and sends them back to us (OpenID Connect RP-Initiated Logout
 * 1.0); null where it is not to, or cannot. That it does not answer keeps nobody signed in here. The id token says whom
 * it is about, so that a provider need not ask; where it was too long to be kept, the address does (`logout_hint`). One that
 * keeps to the client id alone has that too.
 */
export async function signOutAddress(context: WebContext, sessionId: string): Promise<string | null> {
  const vouching = await providerOfSession(context.db, sessionId);
  const source = vouching && (await sourceOfIssuer(context, vouching.issuer));
  if (!source?.signsOutThere) return null;
  const { app } = context.config;
  try {
    const { end_session_endpoint } = await discoverProvider(source.issuer, app.outbound);
    if (end_session_endpoint === undefined) return null;
    const address = new URL(end_session_endpoint);
    address.searchParams.set('client_id', source.clientId);
    if (vouching?.sealedIdToken)
      address.searchParams.set('id_token_hint', context.deps.sealer.open(vouching.sealedIdToken));
    else address.searchParams.set('logout_hint', vouching?.email ?? '');
    address.searchParams.set('post_logout_redirect_uri', `${app.url}${paths.signIn()}`);
    return address.href;
  } catch (error) {
    context.log.warn({ err: error, provider: source.id }, 'signing out at the provider is not possible');
    return null;
  }
}
