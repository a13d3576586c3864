'use server';

import { lookAtTeam, signOutHere } from '#lib/web/auth/account.ts';

export async function signOut(): Promise<void> {
  await signOutHere();
}

export async function switchTeam(teamId: string): Promise<void> {
  await lookAtTeam(teamId);
}

/** Looks at another team and opens one of its pages; bound to a form, whose data it does not need. */
export async function openInTeam(teamId: string, path: string): Promise<void> {
  await lookAtTeam(teamId, path);
}
