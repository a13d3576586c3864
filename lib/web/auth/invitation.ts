import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import type { SystemActor } from '#lib/access/actor.ts';
import { execute } from '#lib/command/define-command.ts';
import { type WebContext, webContext } from '#lib/compose/web.ts';
import { networkOf } from '#lib/kernel/client-address.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { acceptInvitation } from '#lib/members/invitations/accept-invitation.ts';
import { findInvitation, type OpenInvitation } from '#lib/members/invitations/find-invitation.ts';
import { signIn } from '#lib/members/start-session.ts';
import { type ActionResult, guardedAction } from '../action.ts';
import { originOf } from '../request/request-origin.ts';
import { currentSignedIn } from '../session.ts';
import { lookAtTeam } from './account.ts';
import { heldToken, keepSession } from './browser-session.ts';
import { formText } from './form-text.ts';

/** What the page behind an invitation shows, and what it asks of whoever opens it. */
export interface InvitationPage
  extends Pick<OpenInvitation, 'teamName' | 'email' | 'roleName' | 'invitedBy'> {
  /** `sign-in`: the invited account is not signed in here. `other`: another one is. */
  step: 'register' | 'sign-in' | 'join' | 'other';
}

async function takeBudget({ budgets }: WebContext): Promise<void> {
  const { ip } = originOf(await headers());
  await budgets.signIn.take(`invitation:${networkOf(ip)}`);
}

function stepOf({ email, isKnown }: OpenInvitation, signedInAs: string | null): InvitationPage['step'] {
  if (signedInAs === email) return 'join';
  if (signedInAs !== null) return 'other';
  return isKnown ? 'sign-in' : 'register';
}

/** What a link stands for; looking at it spends nothing. Null: it is good for nothing. */
export async function viewInvitation(token: string): Promise<InvitationPage | null> {
  const context = await webContext();
  await takeBudget(context);
  const invitation = await findInvitation(context.db, token, new Date(context.clock.now()));
  if (!invitation) return null;
  const signedIn = await currentSignedIn();
  const { teamName, email, roleName, invitedBy } = invitation;
  return { teamName, email, roleName, invitedBy, step: stepOf(invitation, signedIn?.actor.email ?? null) };
}

/** Whoever is signed in accepts as that person; everybody else as somebody new, by what they typed. */
async function acceptingPerson(form: FormData) {
  const signedIn = await currentSignedIn();
  if (signedIn) {
    const { userId, sessionId } = signedIn.actor;
    return { kind: 'known', userId, sessionId } as const;
  }
  return { kind: 'new', name: formText(form, 'name'), password: formText(form, 'password') } as const;
}

async function accept(form: FormData): Promise<ActionResult<{ teamId: string; isNew: boolean }>> {
  return guardedAction(async (context) => {
    await takeBudget(context);
    const token = formText(form, 'token');
    const origin = originOf(await headers());
    const invitation = await findInvitation(context.db, token, new Date(context.clock.now()));
    if (!invitation)
      throw new AppError('not_found', 'This invitation is not valid any more. Ask for a new one.');
    const { teamId } = invitation;
    const grants = ['invitations:accept'] as const;
    const actor: SystemActor = { kind: 'system', name: 'invitation', teamId, grants, origin };
    const person = await acceptingPerson(form);
    const { userId, session } = await execute(context, actor, acceptInvitation, { token, person });
    const how = { method: 'invitation', replaces: await heldToken(context) } as const;
    await keepSession(context, session ?? (await signIn(context, userId, origin, how)));
    return { teamId, isNew: person.kind === 'new' };
  });
}

/** The server action of the page: fields `token`, and of a new person `name` and `password`. */
export async function acceptInvitationByForm(form: FormData): Promise<ActionResult<never>> {
  const result = await accept(form);
  if (!result.ok) return result;
  // A new person is in this team only, and their session begins with this answer.
  if (!result.data.isNew) await lookAtTeam(result.data.teamId);
  return redirect('/');
}
