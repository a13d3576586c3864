import type { Origin } from '#lib/access/actor.ts';
import { execute } from '#lib/command/define-command.ts';
import type { WebContext } from '#lib/compose/web.ts';
import { isAppError } from '#lib/kernel/errors.ts';
import { systemActor } from '#lib/members/default-team.ts';
import { readMappings } from '#lib/members/groups/apply-group-roles.ts';
import { givesRole } from '#lib/members/groups/gives-role.ts';
import { syncGroups } from '#lib/members/groups/sync-groups.ts';
import { findProvisioned, linkProvisioned } from '#lib/members/identities/link-provisioned.ts';
import { findByAccount, registerFromProvider } from '#lib/members/register-from-provider.ts';
import { teamsOf } from '#lib/members/teams-of.ts';
import type { GroupsFrom } from '#lib/model/identity-provider.ts';
import { paths } from '#lib/model/paths.ts';
import { toStorable } from '#lib/model/storable-text.ts';
import { type Claims, groupsIn, isVerified, readClaims, type Vouched } from './claims.ts';
import type { SignInSource } from './source.ts';

export function refusal(error: string): string {
  return paths.signIn({ error });
}

/** An account, or the address to go to instead. */
type Found = { userId: string } | { instead: string };

interface Arrival {
  source: SignInSource;
  claims: Claims;
  groups: readonly string[];
  groupsFrom: GroupsFrom;
  origin: Origin;
}

/** Groups give no role: because of which they are, or because the provider did not say where that counts. */
async function noRole({ db }: WebContext, { groupsFrom }: Pick<Arrival, 'groupsFrom'>): Promise<string> {
  const isUnsaid = groupsFrom === 'elsewhere' || groupsFrom === 'nowhere';
  return refusal(isUnsaid && (await readMappings(db)).length > 0 ? `groups-${groupsFrom}` : 'no-role');
}

/** Somebody whom provisioning made: their account was waiting for the first sign-in through its provider. */
async function linkWaiting(context: WebContext, { source, claims, origin }: Arrival): Promise<Found | null> {
  const { issuer } = source;
  const identity = {
    issuer,
    subject: claims.sub,
    verifiedEmail: isVerified(claims) ? (claims.email ?? null) : null,
  };
  if ((await findProvisioned(context.db, identity)) === null) return null;
  const actor = await systemActor(context.db, 'single sign-on', ['members:register'], origin);
  return execute(context, actor, linkProvisioned, identity);
}

async function register(context: WebContext, arrival: Arrival): Promise<Found> {
  const { source, claims, groups, origin } = arrival;
  if (!claims.email) return { instead: refusal('no-email') };
  const { newcomerRole, stored } = source;
  if (!isVerified(claims) && !source.trustsAddresses) return { instead: refusal('unverified-email') };
  const held = groups.map((group) => ({ issuer: source.issuer, name: group }));
  if (newcomerRole === null && !(await givesRole(context.db, held, stored?.defaultRole ?? null)))
    return { instead: await noRole(context, arrival) };
  const actor = await systemActor(context.db, 'single sign-on', ['members:register'], origin);
  return execute(context, actor, registerFromProvider, {
    issuer: source.issuer,
    subject: claims.sub,
    email: claims.email,
    emailVerified: isVerified(claims),
    name: toStorable(claims.name ?? claims.preferred_username ?? ''),
    role: newcomerRole,
  });
}

/** The account of somebody who arrives, found or made. */
async function accountOf(context: WebContext, arrival: Arrival): Promise<Found> {
  const known = await findByAccount(context.db, arrival.source.issuer, arrival.claims.sub);
  if (known) return known.status === 'active' ? { userId: known.id } : { instead: refusal('denied') };
  return (await linkWaiting(context, arrival)) ?? register(context, arrival);
}

/**
 * Decides whether somebody whom the provider vouches for comes in, and registers newcomers. The account is found by
 * (issuer, subject) and nothing else (security A9); what their groups give is settled anew (security A11).
 *
 * @returns true, or the address to go to instead
 */
export async function admit(
  context: WebContext,
  source: SignInSource,
  vouched: Vouched,
  origin: Origin,
): Promise<true | string> {
  const claims = readClaims(vouched);
  if (!claims) return refusal('profile');
  const { groups, from: groupsFrom } = groupsIn(vouched, source.groupsClaim);
  try {
    const found = await accountOf(context, { source, claims, groups, groupsFrom, origin });
    if ('instead' in found) return found.instead;
    const { userId } = found;
    const actor = await systemActor(context.db, 'single sign-on', ['members:sync-groups'], origin);
    await execute(context, actor, syncGroups, { userId, issuer: source.issuer, groups, groupsFrom });
    const teams = await teamsOf(context.db, userId);
    if (teams.length === 0) return await noRole(context, { groupsFrom });
    const maySignIn = teams.some(({ permissions }) => permissions.has('sessions:start'));
    return maySignIn || refusal('may-not-sign-in');
  } catch (error) {
    if (isAppError(error) && error.code === 'conflict') return refusal('address-taken');
    if (isAppError(error) && error.code === 'invalid') return refusal('no-email');
    throw error;
  }
}
