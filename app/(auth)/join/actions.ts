'use server';

import type { FormState } from '#components/auth/form-failure.tsx';
import { acceptInvitationByForm } from '#lib/web/auth/invitation.ts';

export async function acceptInvitation(_state: FormState, form: FormData): Promise<FormState> {
  const result = await acceptInvitationByForm(form);
  return result.ok ? null : result.error;
}
