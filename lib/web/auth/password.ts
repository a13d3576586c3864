import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { execute } from '#lib/command/define-command.ts';
import { networkOf } from '#lib/kernel/client-address.ts';
import { createFirstAdmin } from '#lib/members/create-first-admin.ts';
import { systemActor } from '#lib/members/default-team.ts';
import { signInWithPassword } from '#lib/members/sign-in-with-password.ts';
import { signIn } from '#lib/members/start-session.ts';
import { paths } from '#lib/model/paths.ts';
import { type ActionResult, guardedAction } from '../action.ts';
import { originOf } from '../request/request-origin.ts';
import { heldToken, keepSession } from './browser-session.ts';
import { formText } from './form-text.ts';
import { ownPath } from './own-address.ts';
import { keepSecondStep } from './second-step.ts';
import { takeAttempt } from './sign-in-limits.ts';

/** The server action of the sign-in form: fields `email`, `password` and `callbackUrl`. */
export async function signInByForm(form: FormData): Promise<ActionResult<never>> {
  const result = await guardedAction(async (context) => {
    const origin = originOf(await headers());
    const [email, password] = [formText(form, 'email'), formText(form, 'password')];
    await takeAttempt(context, 'password', origin.ip, email);
    const replaces = await heldToken(context);
    const answer = await signInWithPassword(context, { email, password, origin, replaces });
    const callbackUrl = ownPath(formText(form, 'callbackUrl') || paths.overview(), context.config.app.url);
    if (answer.kind === 'second-step') {
      await keepSecondStep(context, answer);
      return paths.secondStep(callbackUrl);
    }
    await keepSession(context, answer);
    return callbackUrl;
  });
  return result.ok ? redirect(result.data) : result;
}

/** The server action of the setup form: makes the first admin and signs that person in. */
export async function completeSetupByForm(form: FormData): Promise<ActionResult<never>> {
  const result = await guardedAction(async (context) => {
    const origin = originOf(await headers());
    await context.budgets.signIn.take(`setup:${networkOf(origin.ip)}`);
    const actor = await systemActor(context.db, 'setup', ['setup:complete'], origin);
    const admin = {
      email: formText(form, 'email'),
      name: formText(form, 'name'),
      password: formText(form, 'password'),
    };
    const input = { token: formText(form, 'token'), admin };
    const { userId } = await execute(context, actor, createFirstAdmin, input);
    const replaces = await heldToken(context);
    await keepSession(context, await signIn(context, userId, origin, { method: 'setup', replaces }));
  });
  return result.ok ? redirect(paths.overview()) : result;
}
