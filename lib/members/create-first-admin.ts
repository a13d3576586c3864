import { and, eq, gt, isNull, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '#db/client.ts';
import { memberships, setupTokens, users } from '#db/schema/members.ts';
import { INSTALLATION_LEDGER } from '#lib/audit/record.ts';
import { type CommandArgs, defineCommand, type Outcome } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { hashChosenPassword } from './credentials/chosen-password.ts';
import { normaliseEmail } from './credentials/email.ts';
import { ensureDefaultTeam } from './default-team.ts';
import { hashToken } from './session-token.ts';
import { hasAdmin } from './setup-link.ts';

const admin = z
  .strictObject({
    email: z.string().max(320),
    name: z.string().trim().max(120).default(''),
    password: z.string().max(1024),
  })
  .transform((value, check) => {
    const email = normaliseEmail(value.email);
    if (email === null)
      check.addIssue({ code: 'custom', path: ['email'], message: 'This is no e-mail address.' });
    return { ...value, email: email ?? '' };
  });
type Admin = z.output<typeof admin>;

/** Two first starts, or two people with one link, wait for each other here; the second finds an admin. */
async function beFirst(tx: Tx): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('first-admin', 0))`);
  if (await hasAdmin(tx)) throw new AppError('conflict', 'There is an admin already. Sign in instead.');
}

async function insertAdmin(
  { tx, now }: CommandArgs<unknown>,
  person: Admin,
  path: string,
): Promise<Outcome<{ userId: string }>> {
  const teamId = await ensureDefaultTeam(tx, now);
  const userId = uuidv7(now.getTime());
  const { email, name } = person;
  const passwordHash = await hashChosenPassword(person.password, person, path);
  const [made] = await tx
    .insert(users)
    .values({ id: userId, email, name, passwordHash, globalRole: 'admin', createdAt: now })
    .onConflictDoNothing()
    .returning({ id: users.id });
  if (!made) throw new AppError('conflict', 'Somebody with this address exists already.');
  await tx.insert(memberships).values({ teamId, userId, role: 'admin', createdAt: now });
  return { result: { userId }, targetId: userId, after: { email, name, globalRole: 'admin' } };
}

/** Makes the first admin with a setup token, which is spent by it (security A13). */
export const createFirstAdmin = defineCommand({
  name: 'setup.complete',
  permission: 'setup:complete',
  input: z.strictObject({ token: z.string().max(200), admin }),
  audit: { action: 'setup.complete', target: 'user' },
  async run(args) {
    const { tx, now, input } = args;
    await beFirst(tx);
    const usable = and(isNull(setupTokens.usedAt), gt(setupTokens.expiresAt, now));
    const [spent] = await tx
      .update(setupTokens)
      .set({ usedAt: now })
      .where(and(eq(setupTokens.tokenHash, hashToken(input.token)), usable))
      .returning({ at: setupTokens.usedAt });
    if (!spent)
      throw new AppError(
        'not_found',
        'This setup link is not valid any more. Print a new one on the server.',
      );
    return insertAdmin(args, input.admin, 'admin.password');
  },
});

/** Makes the first admin from the configuration of an unattended start. */
export const provisionAdmin = defineCommand({
  name: 'setup.provision-admin',
  permission: 'setup:complete',
  input: admin,
  audit: { action: 'setup.provision-admin', target: 'user' },
  async run(args) {
    await beFirst(args.tx);
    return insertAdmin(args, args.input, 'password');
  },
});

/** Makes the default team where it is missing. */
export const provisionTeam = defineCommand({
  name: 'setup.provision-team',
  permission: 'setup:complete',
  input: z.strictObject({}),
  audit: { action: 'setup.provision-team', target: 'team' },
  async run({ actor, tx, now }) {
    if (actor.teamId !== INSTALLATION_LEDGER)
      throw new AppError('conflict', 'The default team exists already.');
    const teamId = await ensureDefaultTeam(tx, now);
    return { result: { teamId }, targetId: teamId };
  },
});
