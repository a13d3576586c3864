'use server';

import { updateTeamSettings } from '#lib/members/update-team-settings.ts';
import { action } from '#lib/web/action.ts';

export const saveTeamSettings = action(updateTeamSettings);
