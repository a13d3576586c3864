import { webContext } from '#lib/compose/web.ts';
import { getSignOnSettings } from '#lib/members/providers/provider-queries.ts';
import type { ProviderView } from '#lib/model/identity-provider.ts';
import { paths, withQuery } from '#lib/model/paths.ts';
import { read } from '../session.ts';
import { type OfferedSource, offeredSources } from './source.ts';

/** What the settings pages of single sign-on show: the stored providers with their addresses, and the mapping. */
export async function signOnView() {
  const { config } = await webContext();
  const { providers, ...rest } = await read(getSignOnSettings, {});
  const { url } = config.app;
  const withAddresses = providers.map(
    (provider): ProviderView => ({
      ...provider,
      callbackAddress: `${url}/api/auth/callback/${provider.slug}`,
      signedOutAddress: `${url}${paths.signIn()}`,
      backChannelAddress: `${url}/api/auth/back-channel/${provider.slug}`,
    }),
  );
  const environment = config.oidc && { name: config.oidc.name, issuer: config.oidc.issuer };
  return { ...rest, providers: withAddresses, environment, callbackBase: `${url}/api/auth/callback/` };
}

/** Where a stale sign-in is renewed before it comes back to `path` (security A16). */
export const proveAgainFor = (path: string): string =>
  withQuery(paths.signIn(), { again: 1, callbackUrl: path });

/** Providers that an identity can be linked at, by the name in their addresses. */
export async function linkableSources(): Promise<OfferedSource[]> {
  return offeredSources(await webContext());
}

/** Providers whose people a provisioning client can keep, and the address that it is told. */
export async function provisionedFrom(): Promise<{
  sources: { issuer: string; name: string }[];
  address: string;
}> {
  const context = await webContext();
  const offered = await offeredSources(context);
  return {
    sources: offered.map(({ issuer, name }) => ({ issuer, name })),
    address: `${context.config.app.url}/scim/v2`,
  };
}
