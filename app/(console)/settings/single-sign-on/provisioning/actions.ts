'use server';

import {
  createScimToken as createCommand,
  revokeScimToken as revokeCommand,
} from '#lib/members/provisioning/manage-tokens.ts';
import { action } from '#lib/web/action.ts';

export const createScimToken = action(createCommand);
export const revokeScimToken = action(revokeCommand);
