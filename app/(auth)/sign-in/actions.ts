'use server';

import type { FormState } from '#components/auth/form-failure.tsx';
import { beginPasskeyHere, finishPasskeyHere, type PasskeyAnswer } from '#lib/web/auth/passkey.ts';
import { signInByForm } from '#lib/web/auth/password.ts';

export async function signIn(_state: FormState, form: FormData): Promise<FormState> {
  const result = await signInByForm(form);
  return result.ok ? null : result.error;
}

export async function askForPasskey() {
  return beginPasskeyHere();
}

export async function signInWithPasskey(answer: PasskeyAnswer) {
  return finishPasskeyHere(answer);
}
