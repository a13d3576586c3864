'use server';

import type { FormState } from '#components/auth/form-failure.tsx';
import { requestResetByForm } from '#lib/web/auth/password-reset.ts';

export async function requestReset(_state: FormState, form: FormData): Promise<FormState> {
  const result = await requestResetByForm(form);
  return result.ok ? null : result.error;
}
