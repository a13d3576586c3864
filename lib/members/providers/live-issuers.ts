import { eq } from 'drizzle-orm';
import type { Reader } from '#db/client.ts';
import { identityProviders } from '#db/schema/sign-in.ts';
import type { CommandDeps } from '#lib/command/context.ts';

/** Issuers whose word counts now: of the providers that are enabled, and of the one that the environment names. */
export async function liveIssuers(
  db: Reader,
  { environmentIssuer }: Pick<CommandDeps, 'environmentIssuer'>,
): Promise<string[]> {
  const rows = await db
    .selectDistinct({ issuer: identityProviders.issuer })
    .from(identityProviders)
    .where(eq(identityProviders.enabled, true));
  const stored = rows.map(({ issuer }) => issuer);
  return environmentIssuer === undefined ? stored : [...new Set([environmentIssuer, ...stored])];
}
