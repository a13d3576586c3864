'use server';

import { unlinkIdentity as unlinkCommand } from '#lib/members/identities/manage-identities.ts';
import { action } from '#lib/web/action.ts';
import { startLinking } from '#lib/web/auth/single-sign-on.ts';

export const unlinkIdentity = action(unlinkCommand);

export async function linkIdentity(sourceId: string) {
  return startLinking(sourceId);
}
