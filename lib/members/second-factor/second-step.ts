import { and, eq, gt, isNull, lt, sql, sum } from 'drizzle-orm';
import { z } from 'zod';
import type { Db, Reader } from '#db/client.ts';
import { users } from '#db/schema/members.ts';
import { signInChallenges } from '#db/schema/sign-in.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { randomToken } from '#lib/kernel/ids.ts';
import { actingPerson } from '../acting-person.ts';
import { hashToken } from '../session-token.ts';

/** A password that was right and wants its second factor; the token stands in the browser's cookie only. */
export interface SecondStep {
  kind: 'second-step';
  token: string;
  expiresAt: Date;
}

const VALID_MS = 5 * 60_000;
const HOUR_MS = 3_600_000;
const TRIES = 5;
/** Over all steps of a person, so that knowing the password does not let anybody guess on and on. */
const TRIES_PER_HOUR = 20;

const live = (token: string, now: Date) =>
  and(
    eq(signInChallenges.tokenHash, hashToken(token)),
    eq(signInChallenges.kind, 'second-factor'),
    isNull(signInChallenges.usedAt),
    gt(signInChallenges.expiresAt, now),
    lt(signInChallenges.attempts, TRIES),
  );

/** Opens the second step for somebody whose password was right. */
export const beginSecondStep = defineCommand({
  name: 'sessions.begin-second-step',
  permission: 'sessions:start',
  input: z.strictObject({}),
  audit: { action: 'sign-in.second-step', target: 'user' },
  async run({ actor, tx, now }): Promise<{ result: SecondStep; targetId: string }> {
    const { userId } = actingPerson(actor);
    const token = randomToken(32);
    const expiresAt = new Date(now.getTime() + VALID_MS);
    const tokenHash = hashToken(token);
    await tx
      .insert(signInChallenges)
      .values({ tokenHash, kind: 'second-factor', userId, createdAt: now, expiresAt });
    return { result: { kind: 'second-step', token, expiresAt }, targetId: userId };
  },
});

export interface SteppingPerson {
  userId: string;
  email: string;
}

const STEP_OVER = 'This took too long, or too many codes were wrong. Sign in with your password again.';

/** Whose second step a token stands for; null when it is over. */
export async function findSecondStep(db: Reader, token: string, now: Date): Promise<SteppingPerson | null> {
  const [step] = await db
    .select({ userId: users.id, email: users.email })
    .from(signInChallenges)
    .innerJoin(users, eq(users.id, signInChallenges.userId))
    .where(and(live(token, now), eq(users.status, 'active')));
  return step ?? null;
}

/**
 * Takes one of the tries of a second step, before anything is compared.
 *
 * @throws AppError `unauthenticated` when the step is over, `rate_limited` when the person had too many tries
 */
export async function takeTry(db: Db, token: string, now: Date): Promise<SteppingPerson> {
  const person = await findSecondStep(db, token, now);
  const [taken] = await db
    .update(signInChallenges)
    .set({ attempts: sql`${signInChallenges.attempts} + 1` })
    .where(live(token, now))
    .returning({ userId: signInChallenges.userId });
  if (!person || !taken) throw new AppError('unauthenticated', STEP_OVER);
  const [lately] = await db
    .select({ tries: sum(signInChallenges.attempts).mapWith(Number) })
    .from(signInChallenges)
    .where(
      and(
        eq(signInChallenges.userId, person.userId),
        gt(signInChallenges.createdAt, new Date(now.getTime() - HOUR_MS)),
      ),
    );
  if ((lately?.tries ?? 0) > TRIES_PER_HOUR)
    throw new AppError('rate_limited', 'Too many codes were wrong. Try again in an hour.', {
      retryAfterSeconds: HOUR_MS / 1000,
    });
  return person;
}

/** Ends a second step that was passed; of two at once one wins. */
export async function endSecondStep(db: Db, token: string, now: Date): Promise<void> {
  const [ended] = await db
    .update(signInChallenges)
    .set({ usedAt: now })
    .where(and(eq(signInChallenges.tokenHash, hashToken(token)), isNull(signInChallenges.usedAt)))
    .returning({ userId: signInChallenges.userId });
  if (!ended) throw new AppError('unauthenticated', STEP_OVER);
}
