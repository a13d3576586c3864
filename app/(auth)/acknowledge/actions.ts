'use server';

import type { AcknowledgeState } from '#components/auth/acknowledge-form.tsx';
import { acknowledgeByForm } from '#lib/web/auth/ack-link.ts';

export async function acknowledge(_state: AcknowledgeState, form: FormData): Promise<AcknowledgeState> {
  const result = await acknowledgeByForm(form);
  return result.ok ? { done: true, failure: null } : { done: false, failure: result.error };
}
