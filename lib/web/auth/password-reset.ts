import { setTimeout as sleep } from 'node:timers/promises';
import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { execute } from '#lib/command/define-command.ts';
import { webContext } from '#lib/compose/web.ts';
import { systemActor } from '#lib/members/default-team.ts';
import { completePasswordReset, isResetTokenUsable } from '#lib/members/passwords/complete-password-reset.ts';
import { requestPasswordReset } from '#lib/members/passwords/request-password-reset.ts';
import { paths, withQuery } from '#lib/model/paths.ts';
import { type ActionResult, guardedAction } from '../action.ts';
import { originOf } from '../request/request-origin.ts';
import { formText } from './form-text.ts';
import { takeAttempt } from './sign-in-limits.ts';

/** No answer comes sooner, so that writing a mail takes as long as writing none (security A12). */
const ANSWER_MS = 400;

const part = 'password reset';

/** The server action of the form that asks for a link: field `email`. The answer tells nobody which addresses exist. */
export async function requestResetByForm(form: FormData): Promise<ActionResult<never>> {
  const result = await guardedAction(async (context) => {
    const origin = originOf(await headers());
    const email = formText(form, 'email');
    await takeAttempt(context, 'reset', origin.ip, email);
    const actor = await systemActor(context.db, part, ['password:reset'], origin);
    await Promise.all([execute(context, actor, requestPasswordReset, { email }), sleep(ANSWER_MS)]);
  });
  return result.ok ? redirect(withQuery(paths.forgotPassword(), { sent: 1 })) : result;
}

/** The server action of the form behind the link: fields `token` and `password`. */
export async function completeResetByForm(form: FormData): Promise<ActionResult<never>> {
  const result = await guardedAction(async (context) => {
    const origin = originOf(await headers());
    await takeAttempt(context, 'reset', origin.ip, null);
    const actor = await systemActor(context.db, part, ['password:reset'], origin);
    const input = { token: formText(form, 'token'), password: formText(form, 'password') };
    await execute(context, actor, completePasswordReset, input);
  });
  return result.ok ? redirect(withQuery(paths.signIn(), { done: 'password-reset' })) : result;
}

/** The token of a link that still works, else null. */
export async function usableResetToken(token: string | string[] | undefined): Promise<string | null> {
  const { db, clock } = await webContext();
  if (typeof token !== 'string' || token.length > 200) return null;
  return (await isResetTokenUsable(db, token, new Date(clock.now()))) ? token : null;
}
