'use server';

import { changePasswordHere } from '#lib/web/auth/change-password.ts';

export async function changePassword(input: { current: string; password: string }) {
  return changePasswordHere(input);
}
