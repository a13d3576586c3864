'use server';

import type { FormState } from '#components/auth/form-failure.tsx';
import { signInByForm } from '#lib/web/auth/password.ts';
import { startSingleSignOn } from '#lib/web/auth/single-sign-on.ts';

export async function signIn(_state: FormState, form: FormData): Promise<FormState> {
  const result = await signInByForm(form);
  return result.ok ? null : result.error;
}

export async function leaveForProvider(form: FormData): Promise<void> {
  await startSingleSignOn(String(form.get('callbackUrl') ?? ''));
}
