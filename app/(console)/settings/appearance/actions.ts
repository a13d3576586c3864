'use server';

import { cookies } from 'next/headers';
import {
  APPEARANCE_COOKIE,
  type Appearance,
  appearanceSchema,
  writeAppearance,
} from '#components/ui/appearance.ts';
import { updateOwnProfile } from '#lib/members/profile/update-own-profile.ts';
import { action } from '#lib/web/action.ts';

const updateProfile = action(updateOwnProfile);

const A_YEAR_SECONDS = 31_536_000;

/** Keeps the look: the theme with the person, and both in this browser, where they count before a sign-in. */
export async function saveAppearance(appearance: Appearance): Promise<void> {
  const wanted = appearanceSchema.safeParse(appearance);
  if (!wanted.success) return;
  const store = await cookies();
  const value = writeAppearance(wanted.data);
  store.set(APPEARANCE_COOKIE, value, { path: '/', sameSite: 'lax', httpOnly: true, maxAge: A_YEAR_SECONDS });
  await updateProfile({ theme: wanted.data.theme });
}
