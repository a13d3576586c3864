import { cookies, headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { type WebContext, webContext } from '#lib/compose/web.ts';
import { findSecondStep, type SecondStep } from '#lib/members/second-factor/second-step.ts';
import { signInWithCode } from '#lib/members/second-factor/sign-in-with-code.ts';
import { paths } from '#lib/model/paths.ts';
import { type ActionResult, guardedAction } from '../action.ts';
import { originOf } from '../request/request-origin.ts';
import { secondStepCookie } from '../session-cookie.ts';
import { heldToken, keepSession } from './browser-session.ts';
import { formText } from './form-text.ts';
import { ownPath } from './own-address.ts';
import { takeAttempt } from './sign-in-limits.ts';

/** Gives the browser the token of a second step; no script sees it. */
export async function keepSecondStep({ config }: WebContext, step: SecondStep): Promise<void> {
  const { name, options } = secondStepCookie(config.app);
  (await cookies()).set(name, step.token, { ...options, expires: step.expiresAt });
}

/** The token of the second step that the browser holds; empty without one. */
export async function heldSecondStep({ config }: WebContext): Promise<string> {
  return (await cookies()).get(secondStepCookie(config.app).name)?.value.slice(0, 200) ?? '';
}

export async function forgetSecondStep({ config }: WebContext): Promise<void> {
  const { name, options } = secondStepCookie(config.app);
  (await cookies()).set(name, '', { ...options, maxAge: 0 });
}

/** Whether the browser is between a right password and its second factor, and where it goes from there. */
export async function secondStepView(
  callbackUrl: string | string[] | undefined,
): Promise<{ email: string; callbackUrl: string } | null> {
  const context = await webContext();
  const step = await findSecondStep(context.db, await heldSecondStep(context), new Date(context.clock.now()));
  const wanted = typeof callbackUrl === 'string' ? callbackUrl : paths.overview();
  return step && { email: step.email, callbackUrl: ownPath(wanted, context.config.app.url) };
}

/** The server action of the second step: fields `code` and `callbackUrl`. */
export async function proveByCode(form: FormData): Promise<ActionResult<never>> {
  const result = await guardedAction(async (context) => {
    const origin = originOf(await headers());
    const token = await heldSecondStep(context);
    const step = await findSecondStep(context.db, token, new Date(context.clock.now()));
    await takeAttempt(context, 'second-step', origin.ip, step?.email ?? null);
    const [code, replaces] = [formText(form, 'code').slice(0, 100), await heldToken(context)];
    await keepSession(context, await signInWithCode(context, { token, code, origin, replaces }));
    await forgetSecondStep(context);
    return ownPath(formText(form, 'callbackUrl') || paths.overview(), context.config.app.url);
  });
  return result.ok ? redirect(result.data) : result;
}
