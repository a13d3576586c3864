import type { WebContext } from '#lib/compose/web.ts';
import {
  findProviderByIssuer,
  findProviderBySlug,
  listSignInProviders,
  type ProviderRow,
} from '#lib/members/providers/provider-queries.ts';
import { providerSlugSchema } from '#lib/model/identity-provider.ts';

/** The provider of the environment stands under this name in the addresses. */
const ENVIRONMENT_ID = 'oidc';

/** A provider that people can come from, with its secret open: it stays in this process. */
export interface SignInSource {
  /** Stands in its addresses: `/api/auth/callback/<id>`. */
  id: string;
  name: string;
  issuer: string;
  clientId: string;
  clientSecret: string;
  scopes: string;
  groupsClaim: string;
  signsOutThere: boolean;
  /** Its addresses count as somebody's own, whether or not it says that it verified them. */
  trustsAddresses: boolean;
  enabled: boolean;
  /** The role that newcomers are granted by hand; null: what their groups give, else the default of the provider. */
  newcomerRole: 'viewer' | null;
  /** Null for the one of the environment. */
  stored: { id: string; version: number; defaultRole: string | null } | null;
}

function ofEnvironment({ config: { oidc } }: WebContext): SignInSource | null {
  if (!oidc) return null;
  return {
    ...oidc,
    id: ENVIRONMENT_ID,
    scopes: 'openid email profile',
    groupsClaim: 'groups',
    enabled: true,
    newcomerRole: 'viewer',
    stored: null,
  };
}

function ofRow({ deps }: WebContext, row: ProviderRow): SignInSource {
  const { slug, name, issuer, clientId, scopes, groupsClaim, signsOutThere, trustsAddresses, enabled } = row;
  return {
    ...{ id: slug, name, issuer, clientId, scopes, groupsClaim, signsOutThere, trustsAddresses, enabled },
    clientSecret: deps.sealer.open(row.clientSecret),
    newcomerRole: null,
    stored: { id: row.id, version: row.version, defaultRole: row.defaultRole },
  };
}

/** The provider of an address or an action, enabled or not; null for what names none, whatever it is. */
export async function findSource(context: WebContext, id: string): Promise<SignInSource | null> {
  if (id === ENVIRONMENT_ID) return ofEnvironment(context);
  const slug = providerSlugSchema.safeParse(id);
  const row = slug.success ? await findProviderBySlug(context.db, slug.data) : null;
  return row && ofRow(context, row);
}

/** The provider that vouched for a session. */
export async function sourceOfIssuer(context: WebContext, issuer: string): Promise<SignInSource | null> {
  const environment = ofEnvironment(context);
  if (environment?.issuer === issuer) return environment;
  const row = await findProviderByIssuer(context.db, issuer);
  return row && ofRow(context, row);
}

/** A provider on the sign-in page. */
export interface OfferedSource {
  id: string;
  name: string;
  issuer: string;
}

/** What the sign-in page offers. */
export async function offeredSources(context: WebContext): Promise<OfferedSource[]> {
  const stored = await listSignInProviders(context.db);
  const environment = ofEnvironment(context);
  return [
    ...(environment ? [{ id: environment.id, name: environment.name, issuer: environment.issuer }] : []),
    ...stored.map(({ slug, name, issuer }) => ({ id: slug, name, issuer })),
  ];
}
