import { and, eq, gt, isNull } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import { signInChallenges } from '#db/schema/sign-in.ts';
import { hashToken } from '../session-token.ts';

type Kind = 'passkey-sign-in' | 'passkey-registration';

const VALID_MS = 5 * 60_000;

/** Keeps a challenge that an authenticator is to sign, for anyone or for one person. */
export async function keepChallenge(
  db: Pick<Db, 'insert'>,
  kind: Kind,
  challenge: string,
  userId: string | null,
  now: Date,
): Promise<void> {
  const expiresAt = new Date(now.getTime() + VALID_MS);
  await db
    .insert(signInChallenges)
    .values({ tokenHash: hashToken(challenge), kind, challenge, userId, createdAt: now, expiresAt });
}

/** Spends a challenge of ours; null when it is none, was spent before or is too old. */
export async function spendChallenge(
  db: Pick<Db, 'update'>,
  kind: Kind,
  challenge: string,
  now: Date,
): Promise<{ userId: string | null } | null> {
  const [spent] = await db
    .update(signInChallenges)
    .set({ usedAt: now })
    .where(
      and(
        eq(signInChallenges.tokenHash, hashToken(challenge)),
        eq(signInChallenges.kind, kind),
        isNull(signInChallenges.usedAt),
        gt(signInChallenges.expiresAt, now),
      ),
    )
    .returning({ userId: signInChallenges.userId });
  return spent ?? null;
}
