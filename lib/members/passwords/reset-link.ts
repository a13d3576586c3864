/** Links that let their holder choose a new password: once, and for 30 minutes. */
import { and, eq, isNull } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import { passwordResets } from '#db/schema/sign-in.ts';
import type { CommandArgs } from '#lib/command/define-command.ts';
import { randomToken } from '#lib/kernel/ids.ts';
import { paths } from '#lib/model/paths.ts';
import { enqueueMail } from '../mail/enqueue-mail.ts';
import { hashToken } from '../session-token.ts';

const VALID_MS = 30 * 60_000;

interface ResetLink {
  /** Below the address of the installation; holds the secret. */
  path: string;
  expiresAt: Date;
}

/** Makes a link for somebody, of which only a hash is stored. */
export async function makeLink(tx: Tx, userId: string, now: Date): Promise<ResetLink> {
  const token = randomToken(32);
  const expiresAt = new Date(now.getTime() + VALID_MS);
  await tx.insert(passwordResets).values({ tokenHash: hashToken(token), userId, createdAt: now, expiresAt });
  return { path: paths.resetPassword(token), expiresAt };
}

/** Ends the links of somebody that were not used. */
export async function endLinks(tx: Tx, userId: string, now: Date): Promise<void> {
  await tx
    .update(passwordResets)
    .set({ usedAt: now })
    .where(and(eq(passwordResets.userId, userId), isNull(passwordResets.usedAt)));
}

/** Mails a link, made of the configured address alone (security A15). */
export function mailLink(
  { tx, now, deps }: Pick<CommandArgs<unknown>, 'tx' | 'now' | 'deps'>,
  { to, why }: { to: string; why: string },
  { path, expiresAt }: ResetLink,
): Promise<void> {
  const text = [
    why,
    'Open this link within 30 minutes to choose one. It works once:',
    `${deps.appUrl}${path}`,
    'If it was not you, do nothing: your password stays as it is.',
  ].join('\n\n');
  const mail = { kind: 'password-reset', to, subject: 'Choose a new Pitwall password', text } as const;
  return enqueueMail(tx, deps.sealer, { ...mail, expiresAt }, now);
}
