'use server';

import { cookies } from 'next/headers';
import {
  APPEARANCE_COOKIE,
  type Appearance,
  appearanceSchema,
  writeAppearance,
} from '#components/ui/appearance.ts';

const A_YEAR_SECONDS = 31_536_000;

/** Keeps the look of this browser; nothing of the account changes. */
export async function saveAppearance(appearance: Appearance): Promise<void> {
  const store = await cookies();
  const value = writeAppearance(appearanceSchema.parse(appearance));
  store.set(APPEARANCE_COOKIE, value, { path: '/', sameSite: 'lax', httpOnly: true, maxAge: A_YEAR_SECONDS });
}
