import { z } from 'zod';
import { MOST_GROUPS } from '#lib/members/groups/sync-groups.ts';
import type { GroupsFrom } from '#lib/model/identity-provider.ts';
import { toStorable } from '#lib/model/storable-text.ts';

/** The claims that we read from an id token; anything else is left where it is. */
const claimsSchema = z.object({
  sub: z.string().min(1).max(255),
  sid: z.string().max(255).optional(),
  email: z.string().max(320).optional(),
  email_verified: z.union([z.boolean(), z.literal('true'), z.literal('false')]).optional(),
  name: z.string().max(200).optional(),
  preferred_username: z.string().max(200).optional(),
});
export type Claims = z.output<typeof claimsSchema>;

/** What a provider said of somebody: the claims of its id token, and those of its userinfo where that was asked. */
export interface Vouched {
  idToken: unknown;
  userinfo: unknown;
}

/** Who it is, by the id token; what that leaves out is taken from userinfo, an address together with its proof. */
export function readClaims({ idToken, userinfo }: Vouched): Claims | null {
  const claims = claimsSchema.safeParse(idToken).data;
  const more = claimsSchema.safeParse(userinfo).data;
  if (!claims || !more) return claims ?? null;
  const { name, preferred_username, email, email_verified } = more;
  const address = claims.email === undefined ? { email, email_verified } : {};
  return { name, preferred_username, ...claims, ...address };
}

/** Whether the provider says that the address is the person's own. */
export const isVerified = ({ email_verified }: Claims): boolean => String(email_verified) === 'true';

const SHOWN = ['sub', 'email', 'email_verified', 'name', 'preferred_username'] as const;

/** The claims that a test sign-in shows: those of the list above, never a token. */
export function shownClaims(claims: Claims): Record<string, string> {
  return Object.fromEntries(
    SHOWN.flatMap((name) => {
      const value = claims[name];
      return value === undefined ? [] : [[name, toStorable(String(value)).slice(0, 500)]];
    }),
  );
}

/** A claim by its name, or by its path where it lies within others (`realm_access.roles`). */
function claimAt(profile: unknown, path: string): unknown {
  const isObject = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null;
  if (isObject(profile) && Object.hasOwn(profile, path)) return profile[path];
  return path
    .split('.')
    .reduce<unknown>(
      (value, name) => (isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined),
      profile,
    );
}

/** Groups as a claim lists them, a single name as text too; null where it lists none. */
function groupsAt(claims: unknown, claim: string): string[] | null {
  const value = claimAt(claims, claim);
  const names = typeof value === 'string' ? [value] : value;
  if (!Array.isArray(names)) return null;
  return names
    .filter((name): name is string => typeof name === 'string' && name !== '' && name.length <= 200)
    .map(toStorable)
    .slice(0, MOST_GROUPS);
}

/**
 * The groups that a provider names, and where it does. One that points elsewhere in place of a list (`_claim_names`,
 * OpenID Connect Core 1.0, section 5.6.2; Entra ID does where somebody is in too many, or says only that there are some:
 * `hasgroups`) has said nothing of them.
 */
export function groupsIn(
  { idToken, userinfo }: Vouched,
  claim: string,
): { groups: string[]; from: GroupsFrom } {
  const inToken = groupsAt(idToken, claim);
  if (inToken) return { groups: inToken, from: 'id-token' };
  const inUserinfo = groupsAt(userinfo, claim);
  if (inUserinfo) return { groups: inUserinfo, from: 'userinfo' };
  const pointsElsewhere = [idToken, userinfo].some(
    (claims) =>
      claimAt(claimAt(claims, '_claim_names'), claim) !== undefined ||
      (claim === 'groups' && String(claimAt(claims, 'hasgroups')) === 'true'),
  );
  return { groups: [], from: pointsElsewhere ? 'elsewhere' : 'nowhere' };
}

/**
 * When somebody proved who they are to their provider (`auth_time`), which may remember them since (security A16). One
 * that does not say so is believed where it was asked to ask them; null: nobody knows.
 */
export function provedAt({ idToken }: Vouched, wasAsked: boolean, now: Date): Date | null {
  const said = claimAt(idToken, 'auth_time');
  if (typeof said === 'number' && said > 0) return new Date(Math.min(said * 1000, now.getTime()));
  return said === undefined && wasAsked ? now : null;
}

/** Whether userinfo could say what the id token leaves out: the address, or the groups where they count. */
export function leavesOut(idToken: unknown, claim: string, groupsCount: boolean): boolean {
  return claimAt(idToken, 'email') === undefined || (groupsCount && groupsAt(idToken, claim) === null);
}
