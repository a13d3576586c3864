'use server';

import type { FormState } from '#components/auth/form-failure.tsx';
import { completeResetByForm } from '#lib/web/auth/password-reset.ts';

export async function completeReset(_state: FormState, form: FormData): Promise<FormState> {
  const result = await completeResetByForm(form);
  return result.ok ? null : result.error;
}
