'use server';

import type { FormState } from '#components/auth/form-failure.tsx';
import { formText } from '#lib/web/auth/form-text.ts';
import { beginPasskeyHere, finishPasskeyHere, type PasskeyAnswer } from '#lib/web/auth/passkey.ts';
import { signInByForm } from '#lib/web/auth/password.ts';
import { startSingleSignOn } from '#lib/web/auth/single-sign-on.ts';

export async function signIn(_state: FormState, form: FormData): Promise<FormState> {
  const result = await signInByForm(form);
  return result.ok ? null : result.error;
}

export async function leaveForProvider(form: FormData): Promise<void> {
  await startSingleSignOn(formText(form, 'provider'), formText(form, 'callbackUrl'));
}

export async function askForPasskey() {
  return beginPasskeyHere();
}

export async function signInWithPasskey(answer: PasskeyAnswer) {
  return finishPasskeyHere(answer);
}
