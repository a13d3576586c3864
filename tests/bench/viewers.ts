import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDb } from '#db/client.ts';
import { memberships, sessions, teams, users } from '#db/schema/members.ts';
import { permissionsOfRole } from '#lib/access/permissions.ts';
import { systemClock } from '#lib/kernel/clock.ts';
import { randomToken } from '#lib/kernel/ids.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { createLiveTokens, type LiveTokenSubject } from '#lib/pipeline/live/live-token.ts';
import type { Target } from './stack.ts';

const SOCKETS_PER_USER = 5;

/** People with a live web session each, one for every five sockets, in team `default`. */
export async function seedViewers(stack: Target, sockets: number): Promise<LiveTokenSubject[]> {
  const handle = openDb(stack.setting('DATABASE_OWNER_URL'), 2);
  try {
    const [team] = await handle.db.select({ id: teams.id }).from(teams);
    if (team === undefined) throw new Error('the product has no team');
    const expiresAt = new Date(Date.now() + 86_400_000);
    const people = Array.from({ length: Math.ceil(sockets / SOCKETS_PER_USER) }, () => ({
      userId: uuidv7(),
      sessionId: uuidv7(),
    }));
    for (let at = 0; at < people.length; at += 500) {
      const some = people.slice(at, at + 500);
      await handle.db
        .insert(users)
        .values(some.map(({ userId }) => ({ id: userId, email: `${userId}@bench.test`, name: 'viewer' })));
      await handle.db
        .insert(memberships)
        .values(some.map(({ userId }) => ({ userId, teamId: team.id, role: 'viewer' as const })));
      await handle.db.insert(sessions).values(
        some.map(({ userId, sessionId }) => ({
          id: sessionId,
          userId,
          tokenHash: Buffer.from(randomToken(32)),
          idleExpiresAt: expiresAt,
          expiresAt,
        })),
      );
    }
    return people
      .flatMap((person) =>
        Array.from({ length: SOCKETS_PER_USER }, () => ({
          ...person,
          teamId: team.id,
          permissions: new Set(permissionsOfRole({ id: 'viewer', permissions: [] })),
        })),
      )
      .slice(0, sockets);
  } finally {
    await handle.close();
  }
}

/** Signs a live token for each viewer as the web process would; they are good for 30 s. */
export function signTokens(stack: Target, viewers: readonly LiveTokenSubject[]): string[] {
  const secrets = JSON.parse(readFileSync(join(stack.dataDir, 'secrets.json'), 'utf8')) as {
    secretKey: string;
  };
  const tokens = createLiveTokens(secrets.secretKey, systemClock);
  return viewers.map((viewer) => tokens.issue(viewer));
}

/** Tokens in a file, one a line, as the C drain reads them. */
export function writeTokens(stack: Target, viewers: readonly LiveTokenSubject[], scratch: string): string {
  const file = join(scratch, 'tokens.txt');
  writeFileSync(file, `${signTokens(stack, viewers).join('\n')}\n`, { mode: 0o600 });
  return file;
}
