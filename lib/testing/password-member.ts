import { randomBytes, scryptSync } from 'node:crypto';
import type { Role } from '#lib/access/permissions.ts';
import { manualClock } from '#lib/kernel/clock.ts';
import { findSession } from '#lib/members/find-session.ts';
import { signInWithPassword } from '#lib/members/sign-in-with-password.ts';
import { commandContext, testOrigin } from './command-context.ts';
import { makeMember, makeTeam } from './factories.ts';
import type { World } from './world.ts';

export const password = 'a long enough password';
const IDLE_MS = 12 * 3_600_000;

/**
 * Stored with the least cost there is: each sign-in compares at the cost that stands in the hash, a quarter of a second
 * of CPU for one that the product makes. What that one costs has a test of its own.
 */
function cheapHash(): string {
  const salt = randomBytes(16);
  const derived = scryptSync(password, salt, 32, { N: 2, r: 8, p: 1 });
  return ['scrypt', 1, 8, 1, salt.toString('base64url'), derived.toString('base64url')].join('$');
}

/** Somebody of a new team who signs in with `password`, and a clock that stands still where the test puts it. */
export async function passwordMember(world: World, role: Role) {
  const clock = manualClock(Date.now());
  const context = commandContext(world, { clock });
  const { id: teamId } = await makeTeam(world);
  const user = await makeMember(world, teamId, role, { passwordHash: cheapHash() });
  return {
    ...{ clock, context, teamId, user },
    signIn: (values: { email?: string; password?: string; replaces?: string } = {}) =>
      signInWithPassword(context, {
        email: user.email,
        password,
        origin: testOrigin,
        replaces: null,
        ...values,
      }),
    find: (token: string) => findSession(world.db, token, new Date(clock.now()), IDLE_MS),
  };
}
export type PasswordMember = Awaited<ReturnType<typeof passwordMember>>;
