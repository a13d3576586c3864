import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { z } from 'zod';
import { beginPasskeySignIn, signInWithPasskey } from '#lib/members/passkeys/sign-in-with-passkey.ts';
import { type ActionResult, guardedAction } from '../action.ts';
import { originOf } from '../request/request-origin.ts';
import { heldToken, keepSession } from './browser-session.ts';
import { ownPath } from './own-address.ts';
import { forgetSecondStep, heldSecondStep } from './second-step.ts';
import { takeAttempt } from './sign-in-limits.ts';

/** What a browser is to hand to an authenticator. */
export type PasskeyOptions = Awaited<ReturnType<typeof beginPasskeySignIn>>;

const answerSchema = z.strictObject({
  response: z.unknown(),
  callbackUrl: z.string().max(2000),
  /** Whether it stands in for the code that is asked for after a password. */
  isSecondStep: z.boolean(),
});
export type PasskeyAnswer = z.input<typeof answerSchema>;

/** Begins a sign-in by passkey. */
export function beginPasskeyHere(): Promise<ActionResult<PasskeyOptions>> {
  return guardedAction(async (context) => {
    await takeAttempt(context, 'passkey', originOf(await headers()).ip, null);
    return beginPasskeySignIn(context);
  });
}

/** Signs in by the answer of a passkey, and leads on. */
export async function finishPasskeyHere(answer: PasskeyAnswer): Promise<ActionResult<never>> {
  const result = await guardedAction(async (context) => {
    const { response, callbackUrl, isSecondStep } = answerSchema.parse(answer);
    const origin = originOf(await headers());
    await takeAttempt(context, 'second-step', origin.ip, null);
    const secondStep = isSecondStep ? await heldSecondStep(context) : null;
    const attempt = { response, secondStep, origin, replaces: await heldToken(context) };
    await keepSession(context, await signInWithPasskey(context, attempt));
    await forgetSecondStep(context);
    return ownPath(callbackUrl, context.config.app.url);
  });
  return result.ok ? redirect(result.data) : result;
}
