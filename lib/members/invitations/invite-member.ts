import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { teams } from '#db/schema/members.ts';
import type { Actor } from '#lib/access/actor.ts';
import { effectivePermissions } from '#lib/access/permissions.ts';
import { refuseMoreThanHeld, refuseStronger, requireRecentSignIn } from '#lib/access/require.ts';
import { type CommandArgs, defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { Invited } from '#lib/model/access-view.ts';
import { paths } from '#lib/model/paths.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { normaliseEmail } from '../credentials/email.ts';
import { enqueueMail } from '../mail/enqueue-mail.ts';
import { grantableRole, heldInScope } from '../roles/role-rows.ts';
import {
  endInvitation,
  insertInvitation,
  newToken,
  refuseMember,
  renewInvitation,
} from './invitation-rows.ts';

/** An invitation with the secret that its link holds. */
interface Letter {
  id: string;
  email: string;
  token: string;
  roleName: string;
  expiresAt: Date;
}

/** Sends the link by mail, in the transaction that makes it; where no mail leaves, it is answered instead, this once. */
async function carry(args: CommandArgs<unknown>, letter: Letter): Promise<Invited> {
  const { actor, tx, now, deps } = args;
  const { id, email, token, roleName, expiresAt } = letter;
  if (!(await deps.sendsMail?.())) return { id, path: paths.join(token) };
  const [team] = await tx.select({ name: teams.name }).from(teams).where(eq(teams.id, actor.teamId));
  const who = actor.kind === 'user' ? actor.name || actor.email : 'Somebody';
  const name = team?.name ?? 'a team';
  const text = [
    `${who} invites you to join the team ${name} on Pitwall, as ${roleName}.`,
    `${deps.appUrl}${paths.join(token)}`,
    `The link works once, until ${expiresAt.toUTCString()}. If you did not expect this, ignore it.`,
  ].join('\n\n');
  const subject = `Join ${name} on Pitwall`.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ');
  await enqueueMail(tx, deps.sealer, { kind: 'invitation', to: email, subject, text, expiresAt }, now);
  return { id, path: null };
}

const inviterOf = (actor: Actor): string | null => (actor.kind === 'user' ? actor.userId : null);

/** The role that somebody is invited to, which gives nothing that the actor does not hold (security Z6). */
async function roleToHandOn({ actor, tx }: CommandArgs<unknown>, id: string) {
  const role = await grantableRole(tx, actor.teamId, id);
  refuseMoreThanHeld(await heldInScope(tx, actor, actor.teamId), effectivePermissions([role], []));
  return role;
}

/**
 * Invites somebody into the actor's team by an address.
 *
 * @throws AppError `not_found` for a role of another team, `forbidden` for one that gives more than the actor holds,
 *   `conflict` for a member or somebody who is invited already
 */
export const inviteMember = defineCommand({
  name: 'invitations.create',
  permission: 'members:manage',
  input: z.strictObject({ email: z.string().max(320), role: z.string().min(1).max(64) }),
  audit: { action: 'invitation.create', target: 'invitation' },
  async run(args) {
    const { input, actor, tx, now } = args;
    requireRecentSignIn(actor, now);
    const email = normaliseEmail(input.email);
    if (email === null) {
      const issues = [{ path: 'email', message: 'This is no e-mail address.' }];
      throw new AppError('invalid', 'Some values are not valid.', { issues });
    }
    const role = await roleToHandOn(args, input.role);
    await refuseMember(tx, actor.teamId, email);
    const id = uuidv7(now.getTime());
    const { token, stored } = newToken(now);
    const invitedBy = inviterOf(actor);
    const row = { id, teamId: actor.teamId, email, role: role.id, invitedBy, createdAt: now, ...stored };
    await insertInvitation(tx, row, now);
    const { expiresAt } = stored;
    const result = await carry(args, { id, email, token, roleName: role.name, expiresAt });
    return { result, targetId: id, after: { email, role: role.id, roleName: role.name, expiresAt } };
  },
});

/** Sends an invitation again, with a new link that works seven days; the former one ends. */
export const resendInvitation = defineCommand({
  name: 'invitations.resend',
  permission: 'members:manage',
  input: z.strictObject({ id: z.uuid() }),
  audit: { action: 'invitation.resend', target: 'invitation' },
  async run(args) {
    const { input, actor, tx, now } = args;
    requireRecentSignIn(actor, now);
    const which = { teamId: actor.teamId, id: input.id, invitedBy: inviterOf(actor) };
    const { email, token, expiresAt, role: roleId } = await renewInvitation(tx, which, now);
    const role = await roleToHandOn(args, roleId);
    const result = await carry(args, { id: input.id, email, token, roleName: role.name, expiresAt });
    return { result, targetId: input.id, after: { email, expiresAt } };
  },
});

/**
 * Takes an invitation back; its link is of no use from then on. Whoever is invited to more than the actor holds is
 * left alone, as they will be once they are a member (security Z6).
 *
 * @throws AppError `not_found`, `forbidden`
 */
export const revokeInvitation = defineCommand({
  name: 'invitations.revoke',
  permission: 'members:manage',
  input: z.strictObject({ id: z.uuid() }),
  audit: { action: 'invitation.revoke', target: 'invitation' },
  async run({ input: { id }, actor, tx, now }) {
    const { email, role } = await endInvitation(tx, actor.teamId, id, now);
    const invitedTo = effectivePermissions([await grantableRole(tx, actor.teamId, role)], []);
    refuseStronger(await heldInScope(tx, actor, actor.teamId), invitedTo);
    return { result: { id }, targetId: id, before: { email, role } };
  },
});
