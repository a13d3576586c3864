'use server';

import type { FormState } from '#components/auth/form-failure.tsx';
import { proveByCode } from '#lib/web/auth/second-step.ts';

export async function prove(_state: FormState, form: FormData): Promise<FormState> {
  const result = await proveByCode(form);
  return result.ok ? null : result.error;
}
