'use server';

import { lookAtTeam, signOutHere } from '#lib/web/auth/account.ts';

export async function signOut(): Promise<void> {
  await signOutHere();
}

export async function switchTeam(teamId: string): Promise<void> {
  await lookAtTeam(teamId);
}
