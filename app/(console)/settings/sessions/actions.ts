'use server';

import { endOwnSession, endOwnSessions } from '#lib/members/end-session.ts';
import { action } from '#lib/web/action.ts';
import { signOutEverywhere as leaveEverywhere } from '#lib/web/auth/account.ts';

export const endSession = action(endOwnSession);
export const endSessions = action(endOwnSessions);

export async function signOutEverywhere() {
  return leaveEverywhere();
}
