import type { Role } from '#lib/access/permissions.ts';
import { manualClock } from '#lib/kernel/clock.ts';
import { hashPassword } from '#lib/members/credentials/password.ts';
import { findSession } from '#lib/members/find-session.ts';
import { signInWithPassword } from '#lib/members/sign-in-with-password.ts';
import { commandContext, testOrigin } from './command-context.ts';
import { makeMember, makeTeam } from './factories.ts';
import type { World } from './world.ts';

export const password = 'a long enough password';
const IDLE_MS = 12 * 3_600_000;

/** Hashing is slow on purpose, so a file of tests does it once. */
let hash: Promise<string> | undefined;

/** Somebody of a new team who signs in with `password`, and a clock that stands still where the test puts it. */
export async function passwordMember(world: World, role: Role) {
  const clock = manualClock(Date.now());
  const context = commandContext(world, { clock });
  const { id: teamId } = await makeTeam(world);
  hash ??= hashPassword(password);
  const user = await makeMember(world, teamId, role, { passwordHash: await hash });
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
