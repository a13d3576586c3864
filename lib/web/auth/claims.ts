import { z } from 'zod';
import { MOST_GROUPS } from '#lib/members/groups/sync-groups.ts';
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

export function readClaims(profile: unknown): Claims | null {
  return claimsSchema.safeParse(profile).data ?? null;
}

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

/** The groups that an id token names; one that sends a single name as text has one. */
export function groupsIn(profile: unknown, claim: string): string[] {
  const value = claimAt(profile, claim);
  const names = Array.isArray(value) ? value : typeof value === 'string' ? [value] : [];
  return names
    .filter((name): name is string => typeof name === 'string' && name !== '' && name.length <= 200)
    .map(toStorable)
    .slice(0, MOST_GROUPS);
}
