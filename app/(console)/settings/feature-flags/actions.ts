'use server';

import { setFeatureFlags } from '#lib/settings/set-values.ts';
import { action } from '#lib/web/action.ts';

export const saveFeatureFlags = action(setFeatureFlags);
