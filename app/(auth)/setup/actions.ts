'use server';

import type { FormState } from '#components/auth/form-failure.tsx';
import { completeSetupByForm } from '#lib/web/auth/password.ts';

export async function completeSetup(_state: FormState, form: FormData): Promise<FormState> {
  const result = await completeSetupByForm(form);
  return result.ok ? null : result.error;
}
