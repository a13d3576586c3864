'use server';

import { createApiKey as createCommand } from '#lib/api-keys/create-api-key.ts';
import { revokeApiKey as revokeCommand } from '#lib/api-keys/revoke-api-key.ts';
import { rotateApiKey as rotateCommand } from '#lib/api-keys/rotate-api-key.ts';
import { action } from '#lib/web/action.ts';

export const createApiKey = action(createCommand);
export const rotateApiKey = action(rotateCommand);
export const revokeApiKey = action(revokeCommand);
