'use server';

import { setRateLimits } from '#lib/settings/set-values.ts';
import { action } from '#lib/web/action.ts';

export const saveRateLimits = action(setRateLimits);
