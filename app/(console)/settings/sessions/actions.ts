'use server';

import { endOwnSession } from '#lib/members/end-session.ts';
import { action } from '#lib/web/action.ts';

export const endSession = action(endOwnSession);
