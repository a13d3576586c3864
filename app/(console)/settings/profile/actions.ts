'use server';

import { updateOwnProfile } from '#lib/members/profile/update-own-profile.ts';
import { action } from '#lib/web/action.ts';

export const updateProfile = action(updateOwnProfile);
